import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from '../button.tsx'
import { Icon } from '../icons/icons.tsx'

const PLACE = 'm-auto mt-[12vh] max-h-[76vh] max-w-[calc(100vw-32px)] rounded-2'
const WIDTHS = {
  narrow: `${PLACE} w-[420px]`,
  regular: `${PLACE} w-[560px]`,
  wide: `${PLACE} w-[760px]`,
  screen: 'm-0 h-dvh max-h-none w-screen max-w-none',
} as const

/**
 * A modal dialog over the browser's own `<dialog>`: focus stays inside and returns, Esc and a click beside
 * it close. Mount it to open it.
 */
export function Dialog({
  title,
  onClose,
  width = 'regular',
  bare = false,
  children,
}: {
  readonly title: string
  readonly onClose: () => void
  readonly width?: keyof typeof WIDTHS
  /** Without the title bar; the title is then only said. */
  readonly bare?: boolean
  readonly children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click beside it repeats what Esc does
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
      className={`overflow-hidden bg-surface-overlay p-0 text-text-1 shadow-overlay backdrop:bg-surface-0/70 ${WIDTHS[width]}`}
    >
      <div className={`flex flex-col ${width === 'screen' ? 'h-dvh' : 'max-h-[76vh]'}`}>
        {!bare && (
          <header className="flex h-bar-app flex-none items-center border-b border-border-1 pr-2 pl-4">
            <h2 className="flex-1 text-prose font-semibold">{title}</h2>
            <IconButton label="Close (Esc)" onClick={onClose}>
              <Icon name="close" />
            </IconButton>
          </header>
        )}
        {children}
      </div>
    </dialog>
  )
}
