import { expect } from '@playwright/test'
import { test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'

test('an empty store opens on made-up conversations, labelled, with recipes beside them', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url, '/')
  await expect(page).toHaveURL(/\/sample\/traces$/)
  await expect(page).toHaveTitle(/^Traces · .* · Turnscope$/)
  await expect(page.getByText('Sample conversations, shown until your first turn arrives.')).toBeVisible()
  const recipes = page.getByRole('complementary', { name: 'Send your own turns' })
  await expect(recipes.getByText('endpoints.yml')).toBeVisible()
  await recipes.getByText('OpenTelemetry', { exact: true }).click()
  await expect(recipes.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=${gateway.url}`)).toBeVisible()
})

test('the store itself, while it is empty, says how to fill it', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/local/traces`)
  await expect(page.getByRole('heading', { name: 'No turns yet' })).toBeVisible()
  await page.getByRole('link', { name: 'Show sample data' }).click()
  await expect(new TracesPage(page).rows.first()).toBeVisible()
})

test('newest first; a head sorts, turns round and goes back', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await expect(traces.head('Time')).toHaveAttribute('aria-sort', 'descending')

  await traces.head('Duration').getByRole('button').click()
  await expect(traces.head('Duration')).toHaveAttribute('aria-sort', 'descending')
  await expect(traces.head('Time')).not.toHaveAttribute('aria-sort')
  expect(traces.params().get('sort')).toBe('-duration')
  const seconds = async () =>
    (await traces.column('Duration'))
      .filter((text) => /\d/.test(text))
      .map((text) => Number.parseFloat(text.replace(',', '')))
  await expect.poll(async () => (await seconds())[0]).toBeGreaterThan(5)
  const longest = await seconds()
  expect(longest).toEqual(longest.toSorted((a, b) => b - a))

  await traces.head('Duration').getByRole('button').click()
  await expect(traces.head('Duration')).toHaveAttribute('aria-sort', 'ascending')
  await traces.head('Duration').getByRole('button').click()
  await expect(traces.head('Time')).toHaveAttribute('aria-sort', 'descending')
  expect(traces.params().has('sort')).toBe(false)
})

test('every trace can be scrolled to, few rows are drawn', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await expect.poll(() => traces.count()).toBeGreaterThan(300)
  const total = await traces.count()
  await expect(traces.table).toHaveAttribute('aria-rowcount', String(total + 1))
  const last = page.locator(`tr[aria-rowindex="${total + 1}"]`)
  await expect(async () => {
    await traces.box.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
    await expect(last).toBeVisible({ timeout: 500 })
  }).toPass()
  expect(await traces.rows.count()).toBeLessThan(80)
})

test('columns are chosen and ordered in the address, and kept', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await page.getByRole('button', { name: 'Choose columns' }).click()
  const panel = page.getByRole('dialog', { name: 'Columns' })
  await panel.getByRole('checkbox', { name: 'Trace id' }).check()
  await panel.getByRole('checkbox', { name: 'Cost' }).uncheck()
  await panel.getByRole('button', { name: 'Move Chatbot left' }).click()
  await page.keyboard.press('Escape')
  await expect(traces.head('Trace id')).toBeVisible()
  await expect(traces.head('Cost')).toHaveCount(0)
  expect(traces.params().get('cols')).toBe(
    'status,chatbot,time,session,participant,io,duration,llmTurns,tokens,traceId',
  )

  // The reader's own choice holds where the address says nothing; the address wins where it does.
  await traces.open(gateway.url)
  await expect(traces.head('Trace id')).toBeVisible()
  await traces.open(gateway.url, '/sample/traces?cols=time,input')
  await expect(page.getByRole('columnheader')).toHaveCount(2)
})

test('a column is as wide as it is drawn, and remembers', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const widthOf = async () => (await traces.head('Chatbot').boundingBox())?.width ?? 0
  const before = await widthOf()
  const edge = traces.head('Chatbot').getByRole('separator', { name: 'Width of Chatbot' })
  const at = await edge.boundingBox()
  if (!at) throw new Error('no edge to drag')
  await page.mouse.move(at.x + 2, at.y + 10)
  await page.mouse.down()
  await page.mouse.move(at.x + 62, at.y + 10, { steps: 4 })
  await page.mouse.up()
  await expect.poll(async () => Math.round((await widthOf()) - before)).toBe(60)
  await page.reload()
  await expect(traces.rows.first()).toBeVisible()
  expect(Math.round((await widthOf()) - before)).toBe(60)
  // The same by keys: all edges are one stop of the Tab key.
  await traces.box.focus()
  await page.keyboard.press('Tab')
  while (!(await page.evaluate(() => document.activeElement?.matches('[role=separator]'))))
    await page.keyboard.press('Tab')
  await expect(traces.head('Time').getByRole('separator')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(edge).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => Math.round((await widthOf()) - before)).toBe(68)
  await page.keyboard.press('Enter')
  await expect.poll(async () => Math.round((await widthOf()) - before)).toBe(0)
  await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(async () => Math.round((await widthOf()) - before)).toBe(40)
  await edge.dblclick()
  await expect.poll(async () => Math.round((await widthOf()) - before)).toBe(0)
})

test('a head is dragged to another place, and that sorts nothing', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const middleOf = async (name: string) => {
    const at = await traces.head(name).boundingBox()
    if (!at) throw new Error(`${name} has no head`)
    return { x: at.x + at.width / 2, y: at.y + at.height / 2 }
  }
  const drag = async (name: string, to: string, by: number) => {
    const start = await middleOf(name)
    const end = await middleOf(to)
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    await page.mouse.move(end.x + by, end.y, { steps: 5 })
  }
  await drag('Duration', 'Chatbot', -10)
  await page.mouse.up()
  await expect
    .poll(() => traces.params().get('cols'))
    .toBe('status,time,duration,chatbot,session,participant,io,llmTurns,tokens,cost')
  await expect(traces.head('Time')).toHaveAttribute('aria-sort', 'descending')
  expect(traces.params().has('sort')).toBe(false)

  await drag('Chatbot', 'Cost', 20)
  await page.keyboard.press('Escape')
  await page.mouse.up()
  await drag('Time', 'Cost', 20)
  await page.mouse.up()
  await expect
    .poll(() => traces.params().get('cols'))
    .toBe('status,duration,chatbot,session,participant,io,llmTurns,tokens,cost,time')
})

test('a page that fails later says so beside what is there, and is tried again', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  let failing = true
  await page.route(/\/traces\?.*cursor=/, (route) =>
    failing
      ? route.fulfill({
          status: 403,
          json: { error: { kind: 'forbidden', message: 'the key may not list traces' } },
        })
      : route.continue(),
  )
  await traces.open(gateway.url)
  await traces.box.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('More traces could not be loaded: not allowed.')
  await expect(alert).toContainText('the key may not list traces')
  await expect(traces.rows.first()).toBeVisible()
  failing = false
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(alert).toHaveCount(0)
  await traces.box.evaluate((box) => box.scrollTo({ top: 90 * 28 }))
  await expect(page.locator('tr[aria-rowindex="100"]')).toBeVisible()
})

test('loading the page again finds the selected row, however far down', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const row = page.locator('tr[aria-rowindex="180"]')
  await expect(async () => {
    await traces.box.evaluate((box) => box.scrollTo({ top: 178 * 28 - 200 }))
    await expect(row).toBeVisible({ timeout: 500 })
  }).toPass()
  await row.click()
  const id = (await row.getAttribute('data-trace')) ?? ''
  await expect.poll(() => traces.params().get('peek')).toBe(id)
  await page.reload()
  await expect(traces.selected).toHaveAttribute('data-trace', id)
  await expect(traces.selected).toBeInViewport()
})

test('Back finds a place whose rows had not all come when it was left', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/\/traces\?.*cursor=/, async (route) => {
    await held
    await route.continue().catch(() => undefined)
  })
  await traces.open(gateway.url)
  // Into the rows that only stand for those to come.
  await traces.box.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
  await expect
    .poll(() => traces.box.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight))
    .toBeLessThan(2)
  const row = page.locator('tr[aria-rowindex="48"]')
  await row.click()
  const id = await row.getAttribute('data-trace')
  const top = await traces.box.evaluate((box) => box.scrollTop)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/sample/traces/${id}`))
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.goBack()
  await expect(traces.selected).toHaveAttribute('data-trace', id ?? '')
  release()
  await expect.poll(() => traces.box.evaluate((box) => box.scrollTop)).toBe(top)
})

test('Back finds the place and the selection again', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await traces.box.evaluate((box) => box.scrollTo({ top: 900 }))
  const row = page.locator('tr[aria-rowindex="40"]')
  await row.click()
  await expect(traces.selected).toHaveAttribute('aria-rowindex', '40')
  const id = await row.getAttribute('data-trace')
  const top = await traces.box.evaluate((box) => box.scrollTop)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/sample/traces/${id}`))
  await page.goBack()
  await expect(traces.selected).toHaveAttribute('data-trace', id ?? '')
  await expect.poll(() => traces.box.evaluate((box) => box.scrollTop)).toBe(top)
})

test('a source, a page and an address that there are not say so', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/nowhere/traces`)
  await expect(page.getByRole('heading', { name: 'There is no source “nowhere”' })).toBeVisible()
  await page.goto(`${gateway.url}/sample/nothing-here`)
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  await page.goto(`${gateway.url}/sample/traces?colour=red&status=error`)
  await expect(page.getByRole('alert')).toContainText('colour: unknown field')
  await page.getByRole('button', { name: 'Ignore and continue' }).click()
  await expect(new TracesPage(page).rows.first()).toBeVisible()
})
