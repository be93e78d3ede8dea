import { Suspense } from 'react'
import { lateComponent } from '../late-code.ts'
import type { PopoverProps } from './popover-panel.tsx'

const loadPanel = () => import('./popover-panel.tsx')
const PopoverPanel = lateComponent(async () => (await loadPanel()).PopoverPanel)

/** Fetches the panel's code: for when a pointer or the focus is on its way to what opens one. */
export const prefetchPopover = (): void => void loadPanel().catch(() => undefined)

/**
 * A panel that floats at its anchor. Mount it to open it. Focus goes to its first control (or to the element
 * marked `data-autofocus="true"`) and back to the anchor; Esc and a click elsewhere close.
 */
export const Popover = (props: PopoverProps) => (
  <Suspense>
    <PopoverPanel {...props} />
  </Suspense>
)
