import { Menu as KitMenu, MenuItem as KitMenuItem, useMenuStore } from '@ariakit/react/menu'
import { useId, useRef } from 'react'
import { Icon, type IconProps } from '../icons/icons.tsx'
import { Kbd } from '../kbd.tsx'
import { type AnchoredProps, openState, PANEL, PLACE, useAnchor, useOutsidePress } from './anchored.ts'

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

export interface MenuProps extends AnchoredProps {
  readonly items: readonly MenuItem[]
}

/** The panel of `Menu`, with the kit that keeps its focus, keys and place. */
export function MenuPanel(props: MenuProps) {
  const { anchor, label, items, onClose } = props
  const prefix = useId()
  const firstItem = useRef<HTMLDivElement>(null)
  const checkable = items.some((item) => item.checked !== undefined)
  const first = items.find((item) => item.checked) ?? items.find((item) => !item.disabled)
  const store = useMenuStore({ ...openState(props), defaultActiveId: first ? `${prefix}${first.id}` : null })
  const panel = useRef<HTMLDivElement>(null)
  useAnchor(store, anchor)
  useOutsidePress(panel, props)
  return (
    <KitMenu
      ref={panel}
      store={store}
      {...PLACE}
      aria-label={label}
      data-popover=""
      initialFocus={firstItem}
      className={`${PANEL} min-w-[180px] py-1`}
    >
      {items.map((item) => (
        <KitMenuItem
          key={item.id}
          id={`${prefix}${item.id}`}
          {...(item === first && { ref: firstItem })}
          {...(item.checked === undefined ? {} : { role: 'menuitemradio', 'aria-checked': item.checked })}
          disabled={item.disabled ?? false}
          onClick={() => {
            onClose()
            item.run()
          }}
          className="flex h-row-table w-full cursor-default items-center gap-2 px-3 text-left text-data whitespace-nowrap hover:bg-surface-3 focus-visible:-outline-offset-2 data-[focus-visible]:bg-surface-3 aria-disabled:text-text-3"
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
        </KitMenuItem>
      ))}
    </KitMenu>
  )
}
