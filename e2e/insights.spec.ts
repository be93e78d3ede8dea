import { expect, type Page } from '@playwright/test'
import { getJson } from './api.ts'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'

interface Reply {
  readonly rows: readonly {
    readonly key: readonly (string | null)[]
    readonly value: number | null
    readonly count: number
  }[]
}
const TURNS = 'kind=turn&kind=call'

/** Looks at every panel: what lies below the fold is asked for then. */
async function lookThrough(page: Page): Promise<void> {
  await expect(page.getByRole('definition').first()).not.toHaveText('')
  const panels = page.locator('main section[aria-label] h2')
  for (const panel of await panels.all()) await panel.scrollIntoViewIfNeeded()
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
}

test('figures are what the API says, and lead to their turns', async ({ gateway, page }) => {
  const api = `${gateway.url}/api/v1/sources/sample`
  const ask = (search: string) => getJson<Reply>(`${api}/aggregate?${search}&${TURNS}`)
  await page.goto(`${gateway.url}/sample/traces`)
  await page.getByRole('link', { name: 'Insights' }).click()
  const [all] = (await ask('measure=count')).rows
  await expect(page.getByRole('definition').first()).toHaveText((all?.value ?? 0).toLocaleString('en'))

  await lookThrough(page)
  const flows = page.getByRole('region', { name: 'Which flows are slow?' })
  const [slowest] = (await ask('measure=p95&of=duration&by=flow')).rows.filter(({ key }) => key[0] !== null)
  const flow = slowest?.key[0] ?? ''
  await expect(flows.getByRole('rowheader').first()).toHaveText(flow)
  await flows.getByRole('link', { name: flow, exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`[?&]flow=${flow}`))
  const [counted] = (await ask(`measure=count&flow=${flow}`)).rows
  await expect(page.locator('tr[data-trace]')).toHaveCount(counted?.value ?? -1)
  await page.goBack()

  await lookThrough(page)
  const causes = page.getByRole('region', { name: 'Why do turns fail?' }).getByRole('rowheader')
  const errors = (await ask('measure=errors&by=error&top=10')).rows.filter(({ value }) => (value ?? 0) > 0)
  expect(await causes.count()).toBeGreaterThanOrEqual(errors.length)
})

test('the period before stands beside figures that have one, and beside no others', async ({
  gateway,
  page,
}) => {
  await page.goto(`${gateway.url}/sample/insights`)
  await expect(page.getByRole('definition').first()).not.toHaveText('')
  await expect(page.getByText(/^before /)).toHaveCount(0)
  await page.goto(`${gateway.url}/sample/insights?last=24h`)
  await expect(page.getByText(/^before /).first()).toBeVisible()
})

test('nothing found is said, and no figure is shown', async ({ gateway, page }) => {
  await page.goto(`${gateway.url}/sample/insights?tag=no-such-tag`)
  await expect(page.getByRole('heading', { name: 'No turns match' })).toBeVisible()
  await expect(page.getByRole('definition')).toHaveCount(0)
  await page.goto(`${gateway.url}/sample/insights?colour=red`)
  await expect(page.getByText('colour: unknown field')).toBeVisible()
})

for (const scheme of ['light', 'dark'] as const)
  test(`has nothing for axe to find, ${scheme}`, async ({ gateway, page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await page.goto(`${gateway.url}/sample/insights`)
    await lookThrough(page)
    expect(await axeViolations(page)).toEqual([])
  })

for (const width of [390, 900, 1440])
  test(`fits ${width} px`, async ({ gateway, page }) => {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(`${gateway.url}/sample/insights`)
    await lookThrough(page)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(over).toBeLessThanOrEqual(0)
    if (process.env.INSIGHTS_PICTURES)
      for (const [name, top] of [
        ['a', 0],
        ['b', 800],
        ['c', 1_600],
      ] as const) {
        await page.locator('main').evaluate((main, y) => main.scrollTo(0, y), top)
        await page.screenshot({ path: `${process.env.INSIGHTS_PICTURES}/insights-${width}-${name}.png` })
      }
  })
