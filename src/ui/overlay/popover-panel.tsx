import { Popover as KitPopover, usePopoverStore } from '@ariakit/react/popover'
import { type ReactNode, useRef } from 'react'
import { type AnchoredProps, openState, PANEL, PLACE, useAnchor, useOutsidePress } from './anchored.ts'

export interface PopoverProps extends AnchoredProps {
  readonly className?: string
  readonly children: ReactNode
}

/** The panel of `Popover`, with the kit that keeps its focus and place. */
export function PopoverPanel(props: PopoverProps) {
  const { anchor, label, className = '', children } = props
  const store = usePopoverStore(openState(props))
  const panel = useRef<HTMLDivElement>(null)
  useAnchor(store, anchor)
  useOutsidePress(panel, props)
  return (
    <KitPopover
      ref={panel}
      store={store}
      {...PLACE}
      aria-label={label}
      data-popover=""
      className={`${PANEL} ${className}`}
    >
      {children}
    </KitPopover>
  )
}
