import type { PopoverStore } from '@ariakit/react/popover'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

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

/** The events of one press with the pointer, of which the first has already happened. */
const REST_OF_PRESS = ['mousedown', 'pointerup', 'mouseup', 'click', 'auxclick'] as const

/** Takes a press away from whatever lies under the pointer. */
function swallowPress(press: PointerEvent): void {
  const stop = new AbortController()
  const swallow = (event: Event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  swallow(press)
  // A click follows the release at once, if it follows at all. Bound first: what is swallowed reaches nobody after.
  const end = () => setTimeout(() => stop.abort())
  for (const type of ['pointerup', 'pointercancel'])
    window.addEventListener(type, end, { capture: true, signal: stop.signal })
  for (const type of REST_OF_PRESS)
    window.addEventListener(type, swallow, { capture: true, signal: stop.signal })
}

/** A press outside of the panel and its anchor closes the panel, and does nothing else. */
export function useOutsidePress(
  panel: RefObject<HTMLElement | null>,
  { anchor, onClose }: AnchoredProps,
): void {
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      const { target } = event
      if (!(target instanceof Element)) return
      if (panel.current?.contains(target) || anchor.current?.contains(target)) return
      // Another layer above this one has presses of its own.
      if (
        target.closest('[data-popover], dialog[open]') &&
        !target.closest('dialog[open]')?.contains(panel.current)
      )
        return
      swallowPress(event)
      close.current()
    }
    window.addEventListener('pointerdown', onPress, { capture: true })
    return () => window.removeEventListener('pointerdown', onPress, { capture: true })
  }, [panel, anchor])
}
