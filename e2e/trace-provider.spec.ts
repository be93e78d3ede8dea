import { expect, type Page } from '@playwright/test'
import { type RunningGateway, test } from './gateway.ts'
import { recordedTurn } from './recorded-turns.ts'

const FIXTURE = 'src/formats/otlp/fixtures/rasa/a_turn_transfer_money.otlp.json'

const recordAt = async (gateway: RunningGateway, provider: Record<string, string>) => {
  const { traceId, ...turn } = recordedTurn('s-provided', 0)
  const reply = await fetch(`${gateway.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...turn, traceId, provider }),
  })
  expect(reply.status).toBe(200)
  return `${gateway.url}/local/traces/${traceId}`
}

const restStands = async (page: Page) => {
  await expect(page.getByText('Question 1: when is high tide?')).toBeVisible()
  await expect(page.getByText('Answer 1:')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
}

test('a recorded turn takes its spans and its way out from its provider', async ({
  page,
  freshGateway: gateway,
}) => {
  await gateway.postTraces(FIXTURE)
  const reply = await fetch(`${gateway.url}/api/v1/sources/local/traces?limit=1`)
  const { items } = (await reply.json()) as { items: { traceId: string; spanCount: number }[] }
  const away = items[0]?.traceId ?? ''
  const url = `https://provider.example/trace/${away}`
  await page.goto(await recordAt(gateway, { source: 'local', traceId: away, url }))
  await expect(page.getByRole('treegrid', { name: 'Span tree' })).toContainText('handle_message')
  await expect(
    page.getByRole('region', { name: 'Spans', exact: true }).getByRole('status').first(),
  ).toContainText(new RegExp(`^${items[0]?.spanCount} in`))
  await expect(page.getByRole('link', { name: /^Open in/ })).toHaveAttribute('href', url)
  await restStands(page)
})

test('a provider that is no source here: no panel, its link stays', async ({
  page,
  freshGateway: gateway,
}) => {
  await page.goto(
    await recordAt(gateway, { source: 'gone', traceId: 'abc', url: 'https://gone.example/abc' }),
  )
  await expect(page.getByRole('link', { name: /^Open in/ })).toHaveAttribute(
    'href',
    'https://gone.example/abc',
  )
  await restStands(page)
  await expect(page.getByRole('region', { name: 'Spans', exact: true })).toHaveCount(0)
  await expect(page.getByRole('status').filter({ hasText: 'Spans:' })).toHaveCount(0)
})

for (const [kind, status, words] of [
  ['forbidden', 403, 'our credentials may not read them'],
  ['unauthorized', 401, 'the source wants valid credentials'],
] as const) {
  test(`a provider that answers ${kind}: one quiet line`, async ({ page, freshGateway: gateway }) => {
    await page.route('**/sources/local/traces/away/spans', (route) =>
      route.fulfill({ status, json: { error: { kind, message: 'not with this key' } } }),
    )
    await page.goto(await recordAt(gateway, { source: 'local', traceId: 'away' }))
    await expect(page.getByRole('status').filter({ hasText: 'Spans:' })).toContainText(words)
    await restStands(page)
  })
}
