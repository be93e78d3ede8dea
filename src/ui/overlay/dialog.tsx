import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from '../button.tsx'
import { Icon } from '../icons/icons.tsx'

const WIDTHS = { narrow: 'w-[420px]', regular: 'w-[560px]', wide: 'w-[760px]' } as const

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
      className={`m-auto mt-[12vh] max-h-[76vh] max-w-[calc(100vw-32px)] overflow-hidden rounded-2 bg-surface-overlay p-0 text-text-1 shadow-overlay backdrop:bg-surface-0/70 ${WIDTHS[width]}`}
    >
      <div className="flex max-h-[76vh] flex-col">
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
