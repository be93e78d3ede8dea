import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { test } from './gateway.ts'

const AWAY = 'The server does not answer; trying again.'
/** Said only where it is true: never while the server is merely away. */
const FALSE_WORDS = /newer Turnscope|backend of this source|could not be shown|No traces match/

const notice = (page: Page) => page.getByRole('status', { name: 'Server' })
const rows = (page: Page) => page.locator('tr[data-trace]')
const nothingFalse = async (page: Page) =>
  expect(await page.locator('body').textContent()).not.toMatch(FALSE_WORDS)

test('every page keeps what it shows while the server is away, and says so', async ({
  context,
  freshGateway: gateway,
}) => {
  const at = async (path: string) => {
    const page = await context.newPage()
    await page.goto(`${gateway.url}${path}`)
    return page
  }
  const list = await at('/sample/traces')
  await expect(rows(list).first()).toBeVisible()
  const trace = await rows(list).first().getAttribute('data-trace')
  const session = await rows(list).locator('a[href*="/sessions/"]').first().getAttribute('href')
  const pages = [
    [list, rows(list).first()],
    [await at(`/sample/traces/${trace}`), 'role=treegrid'],
    [await at('/sample/sessions'), 'role=row >> nth=2'],
    [await at(session ?? ''), 'role=heading >> nth=0'],
    [await at('/sample/chatbots'), 'role=row >> nth=1'],
  ] as const
  const shown = pages.map(([page, what]) => (typeof what === 'string' ? page.locator(what) : what))
  for (const one of shown) await expect(one.first()).toBeVisible()

  await gateway.kill()
  for (const [index, [page]] of pages.entries()) {
    await expect(notice(page)).toHaveText(AWAY, { timeout: 25_000 })
    await expect((shown[index] ?? rows(list)).first()).toBeVisible()
    await nothingFalse(page)
  }
  const { violations } = await new AxeBuilder({ page: list }).include('[aria-label="Server"]').analyze()
  expect(violations).toEqual([])

  await gateway.revive()
  for (const [page] of pages) await expect(notice(page)).toBeEmpty()
})

test('what is asked for meanwhile comes by itself: a search, its histogram, the next page', async ({
  page,
  freshGateway: gateway,
}) => {
  await page.goto(`${gateway.url}/sample/traces`)
  await expect(rows(page).first()).toBeVisible()
  await gateway.kill()
  await page.getByRole('searchbox', { name: 'Search' }).fill('card')
  await expect(page.getByRole('main').getByText('The server does not answer', { exact: true })).toBeVisible()
  await nothingFalse(page)
  await gateway.revive()
  await expect(rows(page).first()).toBeVisible()
  await expect(page.getByText(/^Turns per /)).toBeVisible()
  await expect(notice(page)).toBeEmpty()

  await page.goto(`${gateway.url}/sample/traces`)
  await expect(rows(page).first()).toBeVisible()
  // The next page is asked for ahead: only the third is still to come.
  const box = page.getByRole('region', { name: 'Traces', exact: true })
  await page.route('**/api/v1/sources/sample/traces?*cursor=*', (route) => route.abort('connectionrefused'))
  // The end moves once more where the page asked for ahead comes after this has begun.
  await expect(async () => {
    await box.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
    const failed = page.getByText(/More traces could not be (read|loaded): the server does not answer/)
    await expect(failed).toBeVisible({ timeout: 1_000 })
  }).toPass()
  const before = await box.evaluate((element) => element.scrollHeight)
  await page.unroute('**/api/v1/sources/sample/traces?*cursor=*')
  await expect(page.getByText(/More traces could not be/)).toHaveCount(0)
  await expect.poll(() => box.evaluate((element) => element.scrollHeight)).toBeGreaterThan(before)
})

test('a page whose code comes late waits for the server, with its style', async ({
  page,
  freshGateway: gateway,
}) => {
  await page.goto(`${gateway.url}/sample/traces`)
  await expect(rows(page).first()).toBeVisible()
  await gateway.kill()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await expect(notice(page)).toHaveText(AWAY)
  await nothingFalse(page)
  await gateway.revive()
  await expect(page.getByRole('table')).toBeVisible()

  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  await expect(rows(page).first()).toBeVisible()
  await gateway.kill()
  await rows(page).first().locator('a').first().click()
  await expect(notice(page)).toHaveText(AWAY)
  await gateway.revive()
  await expect(page.getByRole('treegrid')).toBeVisible()
  expect(await page.locator('.span-tree').evaluate((element) => getComputedStyle(element).display)).not.toBe(
    'block',
  )
})

test('only another version on the server is called one', async ({ page, freshGateway: gateway }) => {
  await page.goto(`${gateway.url}/sample/traces`)
  await expect(rows(page).first()).toBeVisible()
  await page.route('**/assets/sessions-page-*', (route) => route.fulfill({ status: 404 }))
  await page.route(`${gateway.url}/`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<script type="module" crossorigin src="/assets/index-other.js"></script>',
    }),
  )
  await page.getByRole('link', { name: 'Sessions' }).click()
  await expect(page.getByRole('heading', { name: 'A newer Turnscope was installed' })).toBeVisible()

  await page.unroute(`${gateway.url}/`)
  await page.goto(`${gateway.url}/sample/traces`)
  await expect(rows(page).first()).toBeVisible()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await expect(page.getByRole('heading', { name: 'Part of this page could not be loaded' })).toBeVisible()
})
