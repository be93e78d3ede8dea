import { type KeyboardEvent, type ReactNode, type RefObject, useRef } from 'react'
import { Icon, type IconProps } from './icons.tsx'
import { Kbd } from './kbd.tsx'
import { Popover } from './popover.tsx'

export interface MenuItem {
  readonly id: string
  readonly label: string
  /** Support, in the third text colour. */
  readonly detail?: string
  readonly icon?: IconProps['name']
  readonly keys?: string
  /** A choice among several: shows a tick where true. */
  readonly checked?: boolean
  readonly disabled?: boolean
  readonly run: () => void
}

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
}

/** A menu at its anchor: arrows, Home and End move, Enter runs, a letter jumps to the next label with it. */
export function Menu({
  anchor,
  label,
  items,
  onClose,
  align = 'start',
  header,
}: {
  readonly anchor: RefObject<HTMLElement | null>
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly onClose: () => void
  readonly align?: 'start' | 'end'
  readonly header?: ReactNode
}) {
  const list = useRef<HTMLDivElement>(null)
  const checkable = items.some((item) => item.checked !== undefined)

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])]
    if (buttons.length === 0) return
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const move = MOVES[event.key]
    if (move) {
      event.preventDefault()
      buttons[move(at, buttons.length)]?.focus()
      return
    }
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return
    const letter = event.key.toLowerCase()
    const after = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)]
    after.find((button) => button.textContent?.trim().toLowerCase().startsWith(letter))?.focus()
  }

  return (
    <Popover anchor={anchor} label={label} onClose={onClose} align={align} className="min-w-[180px] py-1">
      {header}
      <div ref={list} role="menu" aria-label={label} onKeyDown={onKeyDown}>
        {items.map((item) => (
          <button
            key={item.id}
            type="button"
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
            {...(item.checked === undefined ? {} : { 'aria-checked': item.checked })}
            {...(item.checked ? { 'data-autofocus': '' } : {})}
            disabled={item.disabled}
            tabIndex={-1}
            onClick={() => {
              onClose()
              item.run()
            }}
            className="flex h-row-table w-full items-center gap-2 px-3 text-left text-data whitespace-nowrap hover:bg-surface-3 focus-visible:bg-surface-3 focus-visible:-outline-offset-2 disabled:text-text-3"
          >
            {checkable && (
              <span className="w-3 text-accent">{item.checked && <Icon name="ok" size="small" />}</span>
            )}
            {item.icon && (
              <span className="text-text-3">
                <Icon name={item.icon} />
              </span>
            )}
            <span>{item.label}</span>
            {item.detail && <span className="text-text-3">{item.detail}</span>}
            {item.keys && (
              <span className="ml-auto pl-4">
                <Kbd>{item.keys}</Kbd>
              </span>
            )}
          </button>
        ))}
      </div>
    </Popover>
  )
}
