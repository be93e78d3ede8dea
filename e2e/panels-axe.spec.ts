import { expect, type Page } from '@playwright/test'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'
import { FAILED_TURN, stage, stagedPath } from './trace-stage.ts'

// The panel alone: the page below it has specs of its own.
const violations = (page: Page) => axeViolations(page, '[data-popover]')

/** What opens above a list: the button's name, and what it opens. */
const OVER_LIST = [
  { press: /^Source/, opens: 'menu', name: 'Source' },
  { press: 'Filter', opens: 'dialog', name: 'Add a filter' },
  { press: 'Choose columns', opens: 'dialog', name: 'Columns' },
] as const
const OVER_TRACE = [
  { press: 'View options', opens: 'menu', name: 'View options' },
  { press: 'Download', opens: 'menu', name: 'Download this trace' },
  { press: 'Filter', opens: 'dialog', name: 'Filter spans' },
] as const

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 900]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } })

      const eachOpen = async (page: Page, panels: typeof OVER_LIST | typeof OVER_TRACE) => {
        for (const { press, opens, name } of panels) {
          const button = page.getByRole('button', { name: press, exact: true }).first()
          await button.click()
          const panel = page.getByRole(opens, { name, exact: true })
          await expect(panel).toBeVisible()
          const at = await panel.boundingBox()
          expect(at && at.x >= 0 && at.x + at.width <= width, `${name} is in the window`).toBe(true)
          expect(await violations(page), name).toEqual([])
          await page.keyboard.press('Escape')
          await expect(panel).toHaveCount(0)
          await expect(button, `the focus is back from ${name}`).toBeFocused()
        }
      }

      test('axe finds nothing wrong with what opens over the list', async ({ page, gateway }) => {
        await new TracesPage(page).open(gateway.url)
        await eachOpen(page, OVER_LIST)
      })

      test('axe finds nothing wrong with what opens over a trace', async ({ page, gateway }) => {
        await stage(page, { spans: FAILED_TURN })
        await page.goto(`${gateway.url}${stagedPath()}`)
        await expect(page.getByRole('treegrid').getByRole('row').first()).toBeVisible()
        await eachOpen(page, OVER_TRACE)
      })

      test('axe finds nothing wrong with values being picked', async ({ page, gateway }) => {
        const traces = new TracesPage(page)
        await traces.open(gateway.url)
        await page.getByRole('button', { name: 'Filter', exact: true }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Chatbot', exact: true }).click()
        const field = page.getByRole('combobox', { name: 'Chatbot value' })
        await expect(field).toBeFocused()
        await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible()
        await page.keyboard.press('ArrowDown')
        const active = page.locator('[role=option][data-active-item]')
        await expect(active).toHaveCount(1)
        await expect(field).toHaveAttribute('aria-activedescendant', (await active.getAttribute('id')) ?? '')
        expect(await violations(page)).toEqual([])
        await page.keyboard.type('nobody')
        await expect(page.getByRole('option', { name: 'Use “nobody”' })).toBeVisible()
        expect(await violations(page)).toEqual([])
      })
    })
  }
}

test('a menu is walked with the arrows, Home, End and letters', async ({ page, gateway }) => {
  await stage(page, { spans: FAILED_TURN })
  await page.goto(`${gateway.url}${stagedPath()}`)
  const button = page.getByRole('button', { name: 'View options' })
  await button.focus()
  await page.keyboard.press('Enter')
  const item = (name: RegExp) => page.getByRole('menuitem', { name })
  // The first that is chosen has the focus.
  await expect(page.getByRole('menuitemradio', { name: /Group repeated spans/ })).toBeFocused()
  await page.keyboard.press('Home')
  await expect(item(/Expand all/)).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(item(/Collapse all/)).toBeFocused()
  await page.keyboard.press('z')
  await expect(item(/Zoom to selected span/)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(button).toBeFocused()
  // The key was the menu's alone, and the letter zoomed to nothing.
  await expect(page).not.toHaveURL(/zoom=/)
})
