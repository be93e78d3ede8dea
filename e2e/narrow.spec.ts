import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'
import { FAILED_TURN, stage, stagedPath } from './trace-stage.ts'

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

test.describe('390 px', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('the header folds into a menu that leads everywhere', async ({ page, gateway }) => {
    await new TracesPage(page).open(gateway.url)
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden()
    await page.getByRole('button', { name: 'Menu' }).click()
    const menu = page.getByRole('dialog', { name: 'Menu' })
    await expect(menu.getByRole('link', { name: 'Sessions' })).toBeVisible()
    expect((await menu.getByRole('link', { name: 'Sessions' }).boundingBox())?.height).toBeGreaterThanOrEqual(
      44,
    )
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    await menu.getByRole('link', { name: 'Sessions' }).click()
    await expect(page).toHaveURL(/\/sessions$/)
    await expect(menu).toHaveCount(0)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.keyboard.press('Escape')
    await expect(menu).toHaveCount(0)
  })

  test('tables keep the columns that matter, nothing runs out of the window', async ({ page, gateway }) => {
    const traces = new TracesPage(page)
    await traces.open(gateway.url)
    await expect(traces.head('Time')).toBeVisible()
    await expect(page.getByRole('columnheader', { name: /Input/ })).toBeVisible()
    expect(await traces.box.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
    for (const path of ['traces', 'sessions', 'chatbots']) {
      await page.goto(`${gateway.url}/sample/${path}`)
      await expect(page.getByRole('row').nth(2)).toBeVisible()
      expect(await overflow(page), path).toBe(0)
      const widths = await page
        .getByRole('columnheader')
        .evaluateAll((heads) => heads.map((head) => head.getBoundingClientRect().width))
      expect(Math.min(...widths), path).toBeGreaterThan(30)
    }
  })

  test('a trace keeps its title, and its controls are in the menu', async ({ page, gateway }) => {
    await stage(page, { spans: FAILED_TURN })
    await page.goto(`${gateway.url}${stagedPath()}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Transfer')
    const title = await page.getByRole('heading', { level: 1 }).boundingBox()
    expect(title?.width).toBeGreaterThan(60)
    expect(await overflow(page)).toBe(0)
    await page.getByRole('button', { name: 'View options' }).click()
    await page.getByRole('menuitemradio', { name: 'Colour by service' }).click()
    await expect(page).toHaveURL(/s\.colour=service/)
  })
})

test.describe('1024 × 768', () => {
  test.use({ viewport: { width: 1024, height: 768 } })

  test('a span that is selected shows its content', async ({ page, gateway }) => {
    await stage(page, { spans: FAILED_TURN })
    await page.goto(`${gateway.url}${stagedPath()}`)
    const grid = page.getByRole('treegrid')
    await expect(grid).toBeVisible()
    await grid.getByRole('row').nth(1).click()
    await expect(page.getByRole('tab', { name: 'Readable' })).toBeInViewport({ ratio: 1 })
    expect(await overflow(page)).toBe(0)
  })
})
