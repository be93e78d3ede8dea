import type { PopoverStore } from '@ariakit/react/popover'
import { type RefObject, useLayoutEffect } from 'react'

export interface AnchoredProps {
  /** The button that the panel belongs to: it stands there, and the focus returns there. */
  readonly anchor: RefObject<HTMLElement | null>
  /** Names the panel. */
  readonly label: string
  readonly onClose: () => void
  /** Which of the button's edges it keeps to. */
  readonly align?: 'start' | 'end'
}

/** Mounted it is open; closing it is the caller's to do. */
export const openState = ({ align = 'start', onClose }: AnchoredProps) => ({
  open: true,
  setOpen: (open: boolean) => {
    if (!open) onClose()
  },
  placement: `bottom-${align}` as const,
})

/** px: below its anchor where there is room, never over an edge of the window. */
export const PLACE = { gutter: 4, overflowPadding: 8, portal: false, fixed: true } as const

/** No taller than the room there is. */
export const PANEL =
  'z-50 max-h-(--popover-available-height) overflow-auto rounded-2 bg-surface-overlay text-data text-text-1 shadow-overlay outline-none'

/** Tells the kit which button a panel belongs to. */
export function useAnchor(
  store: Pick<PopoverStore, 'setAnchorElement' | 'setDisclosureElement'>,
  anchor: AnchoredProps['anchor'],
): void {
  useLayoutEffect(() => {
    store.setAnchorElement(anchor.current)
    store.setDisclosureElement(anchor.current)
  }, [store, anchor])
}
