import { type ReactNode, Suspense, useRef, useState } from 'react'
import { Popover, prefetchPopover } from './popover.tsx'

/**
 * A button that opens a panel at itself. `children` gets the way to close it. What the panel holds may still be
 * on its way: it opens, and takes the focus, once it is there.
 */
export function PopoverButton({
  label,
  title,
  face,
  className,
  align = 'start',
  panelClass = '',
  onLeave,
  children,
}: {
  /** Names the panel, and the button where its face is a glyph. */
  readonly label: string
  readonly title?: string
  readonly face: ReactNode
  readonly className: string
  readonly align?: 'start' | 'end'
  readonly panelClass?: string
  /** Before the panel goes, however it is closed. */
  readonly onLeave?: () => void
  readonly children: (close: () => void) => ReactNode
}) {
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const close = () => {
    onLeave?.()
    setOpen(false)
  }
  return (
    <>
      <button
        ref={anchor}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={prefetchPopover}
        onFocus={prefetchPopover}
        title={title}
        onClick={() => (open ? close() : setOpen(true))}
        className={className}
      >
        {face}
      </button>
      {open && (
        <Suspense>
          <Popover anchor={anchor} label={label} onClose={close} align={align} className={panelClass}>
            {children(close)}
          </Popover>
        </Suspense>
      )}
    </>
  )
}
