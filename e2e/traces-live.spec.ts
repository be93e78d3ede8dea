import { expect } from '@playwright/test'
import { type RunningGateway, test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'

/** One turn of one span, as an instrumented assistant sends it. */
async function sendTurn(gateway: RunningGateway, number: number): Promise<void> {
  const start = BigInt(Date.now()) * 1_000_000n
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const reply = await fetch(`${gateway.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [text('service.name', 'harbour')] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: number.toString(16).padStart(32, '0'),
                  spanId: number.toString(16).padStart(16, '0'),
                  name: 'turn',
                  startTimeUnixNano: String(start),
                  endTimeUnixNano: String(start + 800_000_000n),
                  attributes: [
                    text('session.id', 's-1'),
                    text('input.value', `question ${number}`),
                    text('output.value', `answer ${number}`),
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
  })
  expect(reply.status).toBe(200)
}

test('the first turn takes the sample’s place by itself', async ({ page, freshGateway }) => {
  const traces = new TracesPage(page)
  await traces.open(freshGateway.url, '/')
  await expect(page).toHaveURL(/\/sample\/traces/)
  await sendTurn(freshGateway, 1)
  await expect(page).toHaveURL(/\/local\/traces/)
  await expect(traces.rows).toHaveCount(1)
  await expect(page.getByText('Sample conversations')).toHaveCount(0)
})

test('an empty table is filled, a full one is told of', async ({ page, freshGateway }) => {
  const traces = new TracesPage(page)
  await page.goto(`${freshGateway.url}/local/traces`)
  await expect(page.getByRole('heading', { name: 'No turns yet' })).toBeVisible()
  await sendTurn(freshGateway, 1)
  await expect(traces.rows).toHaveCount(1)
  const first = await traces.rows.first().getAttribute('data-trace')

  await sendTurn(freshGateway, 2)
  await sendTurn(freshGateway, 3)
  const fresh = page.getByRole('button', { name: '2 new' })
  await expect(fresh).toBeVisible()
  await expect(traces.rows).toHaveCount(1)
  await expect(traces.rows.first()).toHaveAttribute('data-trace', first ?? '')

  await fresh.click()
  await expect(traces.rows).toHaveCount(3)
  await expect(fresh).toHaveCount(0)
  await expect.poll(() => traces.count()).toBe(3)
})

test('looking for new turns can be paused', async ({ page, freshGateway }) => {
  await sendTurn(freshGateway, 1)
  const traces = new TracesPage(page)
  await traces.open(freshGateway.url, '/local/traces')
  await page.getByRole('button', { name: 'Live' }).click()
  await sendTurn(freshGateway, 2)
  await page.waitForTimeout(2500)
  await expect(page.getByRole('button', { name: '1 new' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Paused' }).click()
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible()
})
