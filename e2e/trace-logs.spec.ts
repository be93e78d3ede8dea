import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { test } from './gateway.ts'

const CAPTURE = 'src/formats/otlp/fixtures/captures/otel-openai-v2-2.4b0'

const post = (url: string, file: string) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: readFileSync(join(CAPTURE, file)),
  })

test('the log records of a trace stand in one list, each leading to its span', async ({
  page,
  freshGateway: gateway,
}) => {
  for (const file of readdirSync(CAPTURE).filter((name) => /^logs-\d+\.otlp\.json$/.test(name)))
    expect((await post(`${gateway.otlpUrl}/v1/logs`, file)).ok).toBe(true)
  for (const file of readdirSync(CAPTURE).filter((name) => /^request-\d+\.otlp\.json$/.test(name)))
    expect((await post(`${gateway.otlpUrl}/v1/traces`, file)).ok).toBe(true)
  const api = `${gateway.url}/api/v1/sources/local/traces`
  const { items } = (await (await fetch(`${api}?limit=50`)).json()) as { items: { traceId: string }[] }
  const counts = await Promise.all(
    items.map(async ({ traceId }) => {
      const reply = (await (await fetch(`${api}/${traceId}/logs`)).json()) as { logs: unknown[] }
      return { traceId, count: reply.logs.length }
    }),
  )
  const most = counts.toSorted((a, b) => b.count - a.count)[0]
  expect(most?.count).toBeGreaterThan(2)

  await page.goto(`${gateway.url}/local/traces/${most?.traceId}`)
  await page.getByRole('button', { name: `Logs ${most?.count}` }).click()
  const records = page.getByRole('region', { name: 'Log records' })
  await expect(records.getByRole('listitem')).toHaveCount(most?.count ?? -1)
  await page.keyboard.press('/')
  await page.keyboard.type('user.message')
  await expect(page.getByRole('status').filter({ hasText: `of ${most?.count} match` })).toBeVisible()
  const first = records.getByRole('listitem').first()
  await first.getByRole('button', { expanded: false }).click()
  await expect(first.getByText('gen_ai.user.message').first()).toBeVisible()
  const leads = first.getByRole('button').nth(1)
  const name = (await leads.textContent()) ?? ''
  await leads.click()
  await expect(
    page.getByRole('region', { name: 'Selected span' }).getByRole('heading').first(),
  ).toContainText(name)
  await page.screenshot({ path: 'test-results/trace-logs.png' })
  await page.getByRole('button', { name: 'Spans', exact: true }).click()
  await expect(page.getByRole('treegrid', { name: 'Span tree' })).toBeVisible()
})

test('without log records there is no list of them; a failure of the list is one quiet line', async ({
  page,
  freshGateway: gateway,
}) => {
  await gateway.postTraces('src/formats/otlp/fixtures/rasa/a_turn_transfer_money.otlp.json')
  const api = `${gateway.url}/api/v1/sources/local/traces`
  const { items } = (await (await fetch(`${api}?limit=1`)).json()) as { items: { traceId: string }[] }
  const address = `${gateway.url}/local/traces/${items[0]?.traceId}`
  await page.goto(address)
  await expect(page.getByRole('treegrid', { name: 'Span tree' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Logs' })).toHaveCount(0)

  await page.route('**/traces/*/logs', (route) =>
    route.fulfill({ status: 403, json: { error: { kind: 'forbidden', message: 'logs are not for you' } } }),
  )
  await page.goto(address)
  await page.getByRole('button', { name: 'Logs' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'logs are not for you' })).toBeVisible()
})
