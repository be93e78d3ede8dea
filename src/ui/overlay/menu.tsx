import { Suspense } from 'react'
import { lateComponent } from '../late-code.ts'
import type { MenuProps } from './menu-panel.tsx'

const MenuPanel = lateComponent(async () => (await import('./menu-panel.tsx')).MenuPanel)

/**
 * A menu at its anchor; mount it to open it. Arrows, Home and End move, Enter runs, letters jump to the next
 * label that begins with them.
 */
export const Menu = (props: MenuProps) => (
  <Suspense>
    <MenuPanel {...props} />
  </Suspense>
)
