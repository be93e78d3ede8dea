import { Popover as KitPopover, usePopoverStore } from '@ariakit/react/popover'
import type { ReactNode } from 'react'
import { type AnchoredProps, openState, PANEL, PLACE, useAnchor } from './anchored.ts'

export interface PopoverProps extends AnchoredProps {
  readonly className?: string
  readonly children: ReactNode
}

/** The panel of `Popover`, with the kit that keeps its focus and place. */
export function PopoverPanel(props: PopoverProps) {
  const { anchor, label, className = '', children } = props
  const store = usePopoverStore(openState(props))
  useAnchor(store, anchor)
  return (
    <KitPopover
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
