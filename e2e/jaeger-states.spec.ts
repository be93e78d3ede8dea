import { test as base, expect } from '@playwright/test'
import { type RunningGateway, startGateway } from './gateway.ts'
import { type Manner, serveJaeger } from './jaeger-server.ts'
import { TracesPage } from './pages/traces-page.ts'
import { recordedTurn } from './recorded-turns.ts'

/** Enough for several pages, over ten days: not all of it is read with the first. */
const TURNS = { turns: 300, apart: 48 }

interface Watched {
  readonly jaeger: Awaited<ReturnType<typeof serveJaeger>>
  readonly gateway: RunningGateway
}

/** One Jaeger and one gateway that reads it for each worker; Jaeger answers well when a test begins. */
const test = base.extend<Watched, { watched: Watched }>({
  watched: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const jaeger = await serveJaeger(TURNS)
      const gateway = await startGateway({ JAEGER_QUERY_URL: jaeger.url })
      await use({ jaeger, gateway })
      await gateway.stop()
      jaeger.close()
    },
    { scope: 'worker' },
  ],
  jaeger: async ({ watched }, use) => {
    watched.jaeger.behave('well')
    await use(watched.jaeger)
  },
  gateway: ({ watched }, use) => use(watched.gateway),
})

const TROUBLES: readonly (readonly [Manner, title: string, fact: RegExp])[] = [
  ['down', 'Cannot be reached', /cannot be reached/],
  ['401', 'The backend refuses our credentials', /answered 401/],
  ['404 with HTML', 'Unexpected answer', /is not what Jaeger's query API answers/],
  ['200 with HTML', 'Unexpected answer', /is not what Jaeger's query API answers/],
  ['502', 'Cannot be reached', /answered 502/],
  ['an error in plain text', 'Cannot be reached', /answered 500 .*the storage is gone/],
  ['JSON that breaks off', 'Unexpected answer', /is not what Jaeger's query API answers/],
]
for (const [manner, title, fact] of TROUBLES) {
  test(`${manner}: the list says so, and comes by itself once it can`, async ({ page, jaeger, gateway }) => {
    jaeger.behave(manner)
    await page.goto(`${gateway.url}/jaeger/traces`)
    const alert = page.getByRole('alert')
    await expect(alert.getByRole('heading', { name: title })).toBeVisible({ timeout: 20_000 })
    await expect(alert).toContainText(fact)
    await expect(page.getByText('No traces yet')).toHaveCount(0)
    const { rows } = new TracesPage(page)
    await expect(rows).toHaveCount(0)
    jaeger.behave('well')
    await expect(rows.first()).toBeVisible({ timeout: 20_000 })
    await expect(alert).toHaveCount(0)
  })

  test(`${manner}: a trace says so`, async ({ page, jaeger, gateway }) => {
    const [trace] = jaeger.unlisted.slice(TROUBLES.findIndex(([one]) => one === manner))
    jaeger.behave(manner)
    await page.goto(`${gateway.url}/jaeger/traces/${trace?.id}`)
    const alert = page.getByRole('alert')
    await expect(alert.getByRole('heading', { name: title })).toBeVisible({ timeout: 20_000 })
    await expect(alert).toContainText(fact)
    await expect(alert).not.toContainText('127.0.0.1')
    jaeger.behave('well')
    await expect(page.getByText(`question of ${trace?.session}`).first()).toBeVisible({ timeout: 20_000 })
  })
}

test('slow: the list is awaited', async ({ page, jaeger, gateway }) => {
  jaeger.behave('slow')
  await page.goto(`${gateway.url}/jaeger/traces?session=s3`)
  const { rows } = new TracesPage(page)
  await expect(page.locator('table[aria-busy=true]')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  jaeger.behave('well')
  await expect(rows.first()).toBeVisible({ timeout: 40_000 })
})

test('no answer at all is told after a while, and the list comes by itself', async ({
  page,
  jaeger,
  gateway,
}) => {
  test.setTimeout(120_000)
  jaeger.behave('never')
  await page.goto(`${gateway.url}/jaeger/traces?last=7d`)
  await expect(page.getByRole('alert').getByRole('heading', { name: 'No answer in time' })).toBeVisible({
    timeout: 50_000,
  })
  jaeger.behave('well')
  await expect(new TracesPage(page).rows.first()).toBeVisible({ timeout: 30_000 })
})

test('a trace of 500 MB is refused, and the others still open', async ({ page, jaeger, gateway }) => {
  const [large, other] = jaeger.unlisted.slice(10)
  jaeger.behave('500 MB')
  await page.goto(`${gateway.url}/jaeger/traces/${large?.id}`)
  await expect(page.getByRole('alert')).toContainText(/is larger than \d+ bytes/, { timeout: 30_000 })
  jaeger.behave('well')
  await page.goto(`${gateway.url}/jaeger/traces/${other?.id}`)
  await expect(page.getByText(`question of ${other?.session}`).first()).toBeVisible()
})

test('what was found stays where the next page fails, and the rest comes by itself', async ({
  page,
  jaeger,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await page.goto(`${gateway.url}/jaeger/traces`)
  await expect(traces.rows.first()).toBeVisible()
  const first = await traces.rows.first().getAttribute('data-trace')
  jaeger.behave('502')
  const failure = page.getByRole('alert').filter({ hasText: 'More traces could not be loaded' })
  await expect(async () => {
    await traces.box.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
    await expect(failure).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 30_000 })
  await expect(failure).toContainText('answered 502')
  await traces.box.evaluate((box) => box.scrollTo({ top: 0 }))
  await expect(traces.rows.first()).toHaveAttribute('data-trace', first ?? '')
  jaeger.behave('well')
  await expect(failure).toHaveCount(0, { timeout: 40_000 })
  await expect(async () => {
    await traces.box.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
    await expect(page.locator(`tr[data-trace="${jaeger.traces.at(-1)?.id}"]`)).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 30_000 })
  await expect(page.getByRole('status', { name: 'What was odd' })).toHaveCount(0)
})

test('the menu of sources says how it is', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/jaeger/traces`)
  await expect(new TracesPage(page).rows.first()).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: /^Source: / }).click()
  await expect(page.getByRole('menuitemradio', { name: /^Jaeger/ })).toContainText('Jaeger 1.76.0, 1 service')
})

test('ways to Jaeger’s own pages stand on the trace and on its spans', async ({ page, jaeger, gateway }) => {
  const [trace] = jaeger.traces
  await page.goto(`${gateway.url}/jaeger/traces/${trace?.id}`)
  await expect(page.getByRole('link', { name: /^Open in Jaeger/ }).first()).toHaveAttribute(
    'href',
    `${jaeger.url}/trace/${trace?.id}`,
  )
})

test('a recorded turn takes its spans from there, and has the way to them', async ({
  page,
  jaeger,
  gateway,
}) => {
  const [trace] = jaeger.traces
  const { traceId, ...turn } = recordedTurn('s-provided', 0)
  const reply = await fetch(`${gateway.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...turn, traceId, provider: { source: 'jaeger', traceId: trace?.id } }),
  })
  expect(reply.status).toBe(200)
  await page.goto(`${gateway.url}/local/traces/${traceId}`)
  await expect(page.getByRole('treegrid', { name: 'Span tree' })).toContainText('handle_message')
  await expect(page.getByRole('link', { name: /^Open in Jaeger/ }).first()).toHaveAttribute(
    'href',
    `${jaeger.url}/trace/${trace?.id}`,
  )
})

test('where more began within a millisecond than is ever given, the table says so between its rows', async ({
  page,
}) => {
  test.setTimeout(120_000)
  const crowded = await serveJaeger({ turns: 60, apart: 1, burst: 30.5 })
  const over = await startGateway({ JAEGER_QUERY_URL: crowded.url })
  try {
    await page.goto(`${over.url}/jaeger/traces?status=error`)
    const mark = page.locator('tr[data-gap]')
    // Few failed: the look back stops, and goes on where one asks for it.
    const further = page.getByRole('button', { name: 'Search further back' })
    await expect(async () => {
      if (await further.isVisible()) await further.click()
      await expect(mark).toHaveCount(1, { timeout: 500 })
    }).toPass({ timeout: 90_000 })
    await expect(async () => {
      if (await further.isVisible()) await further.click()
      await expect(page.getByText('(all)')).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 60_000 })
    await expect(mark).toContainText(
      'Traces are missing here: more than 10000 traces began within a millisecond',
    )
    const ids = await page
      .locator('tbody tr[data-trace], tbody tr[data-gap]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-trace')))
    const failed = crowded.traces.filter(({ failed: one }) => one)
    const newer = failed.filter((_, at) => 2 + (at * 9 + 4) < 30)
    expect(ids).toEqual([
      ...newer.map(({ id }) => id),
      null,
      ...failed.slice(newer.length).map(({ id }) => id),
    ])
    await page.setViewportSize({ width: 390, height: 800 })
    await expect(mark).toBeVisible()
  } finally {
    await over.stop()
    crowded.close()
  }
})
