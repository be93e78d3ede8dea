import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { type RunningGateway, test } from './gateway.ts'

const TURN = 'src/formats/otlp/fixtures/rasa/a_turn_transfer_money.otlp.json'
const SAYS = 'rasa.core.policies.flows.flow_executor.advance_flows_until_next_action'

/** A turn of a CALM assistant, some minutes after the one before; what is recorded under a key is another thing. */
async function post(gateway: RunningGateway, at: number, recorded: Readonly<Record<string, string>> = {}) {
  const body = JSON.parse(await readFile(TURN, 'utf8'))
  for (const { scopeSpans } of body.resourceSpans)
    for (const { spans } of scopeSpans)
      for (const span of spans) {
        span.traceId = span.traceId.slice(0, -1) + at
        for (const end of ['startTimeUnixNano', 'endTimeUnixNano'])
          span[end] = String(BigInt(span[end]) + BigInt(at * 180) * 1_000_000_000n)
        for (const attribute of span.attributes ?? []) {
          const text = recorded[`${span.name} ${attribute.key}`]
          if (text !== undefined) attribute.value = { stringValue: text }
        }
      }
  const reply = await fetch(`${gateway.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(reply.status).toBe(200)
}

test('a conversation without texts names what was said, and has the words that a flow sent', async ({
  page,
  freshGateway,
}) => {
  await post(freshGateway, 1)
  await post(freshGateway, 2, {
    'MessageProcessor._run_action action_name': 'action_send_text',
    [`${SAYS} metadata`]: '{"message": {"text": "Your transfer is on its way."}}',
  })
  await post(freshGateway, 3, { 'MessageProcessor._run_action action_name': 'action_listen' })
  await page.goto(`${freshGateway.url}/local/sessions/user-7f3c2a`)
  const turns = page
    .getByRole('region', { name: 'Transcript' })
    .getByRole('listitem')
    .filter({ has: page.getByText(/Turn \d$/) })
  await expect(turns).toHaveCount(3)
  const names = (at: number) =>
    turns.nth(at).getByRole('list', { name: 'Responses sent' }).getByRole('listitem')
  await expect(names(0)).toHaveText(['utter_ask_transfer_money_final_confirmation'])
  await expect(turns.nth(0)).toContainText('Not recorded by the assistant')
  await expect(turns.nth(1)).toContainText('Your transfer is on its way.')
  await expect(turns.nth(1)).toContainText('Not recorded by the assistant')
  await expect(names(1)).toHaveCount(0)
  await expect(turns.nth(2)).toContainText('Not recorded by the assistant')
  await expect(names(2)).toHaveCount(0)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/calm-transcript.png` })

  await page.goto(`${freshGateway.url}/local/traces`)
  await expect(page.locator('tr[data-trace]').filter({ hasText: 'utter_ask_transfer' })).toHaveCount(1)
  await page.locator('tr[data-trace]').filter({ hasText: 'utter_ask_transfer' }).click()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/calm-list.png` })
})

test('training is told by a badge, and its record is read', async ({ page, freshGateway }) => {
  await freshGateway.postTraces('src/formats/otlp/fixtures/rasa/c_training.otlp.json')
  const reply = await fetch(`${freshGateway.url}/api/v1/sources/local/traces?kind=training`)
  const { items } = (await reply.json()) as { items: { traceId: string }[] }
  await page.goto(`${freshGateway.url}/local/traces/${items[0]?.traceId}`)
  await expect(
    page.getByRole('banner').or(page.locator('header')).getByText('training').first(),
  ).toBeVisible()
  await page.getByRole('treegrid', { name: 'Span tree' }).focus()
  await page.keyboard.press('Home')
  const detail = page.getByRole('region', { name: 'Selected span' })
  await expect(detail.getByRole('heading', { name: 'Training' })).toBeVisible()
  await expect(detail).toContainText('default.v1')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/training.png` })
})
