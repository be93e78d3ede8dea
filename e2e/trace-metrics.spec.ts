import { expect } from '@playwright/test'
import { test } from './gateway.ts'
import { stage, stagedPath } from './trace-stage.ts'

test('unknown, zero and partial are told apart, each with its reason', async ({ page, gateway }) => {
  await stage(page, {
    trace: {
      metrics: {
        llmTurns: 2,
        toolCalls: 0,
        inputTokens: 2046,
        outputTokens: null,
        totalTokens: 2046,
        cost: null,
        partial: ['totalTokens'],
      },
      models: [
        { model: 'gpt-4o', calls: 2, inputTokens: 2046, outputTokens: null, totalTokens: 2046, cost: null },
      ],
      spans: null,
    },
  })
  await page.goto(`${gateway.url}${stagedPath()}`)
  const card = (name: string) =>
    page.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) })
  await expect(card('Tool calls').locator('dd').first()).toHaveText('0')
  await expect(card('Total tokens')).toContainText('2,046')
  await expect(card('Total tokens')).toContainText('partial: input only')
  await expect(card('Output tokens')).toContainText('—')
  await expect(card('Output tokens')).toContainText('not reported')
  await expect(card('Cost')).toContainText('output tokens unknown')
  await card('Total tokens').getByRole('button').click()
  await expect(page.getByRole('dialog').getByRole('cell', { name: 'gpt-4o' })).toBeVisible()
})

test('where no model was called the numbers do not apply', async ({ page, gateway }) => {
  await stage(page, { trace: { metrics: {}, spans: null } })
  await page.goto(`${gateway.url}${stagedPath()}`)
  await expect(page.getByText('does not apply').first()).toBeVisible()
})

test('what the assistant did not record is said so', async ({ page, gateway }) => {
  await stage(page, { trace: { note: 'text-not-recorded', spans: null }, silent: true })
  await page.goto(`${gateway.url}${stagedPath()}`)
  await expect(page.getByText('Not recorded by the assistant.')).toHaveCount(2)
})

test('a number leads to exactly the spans that it was counted over', async ({
  page,
  freshGateway: gateway,
}) => {
  await gateway.postTraces('src/formats/otlp/fixtures/rasa-3.21/d1_text_turn_mantle_langfuse_wire.otlp.json')
  const reply = await fetch(`${gateway.url}/api/v1/sources/local/traces?limit=10`)
  const { items } = (await reply.json()) as { items: readonly { traceId: string }[] }
  await page.goto(`${gateway.url}/local/traces/${items[0]?.traceId}`)
  const card = page.locator('dl > div').filter({ has: page.locator('dt', { hasText: 'LLM turns' }) })
  const turns = Number(await card.locator('dd span').first().textContent())
  expect(turns).toBeGreaterThan(0)
  await card.getByRole('button').click()
  await page.getByRole('button', { name: /counted span/ }).click()
  await expect(page.getByRole('region', { name: 'Spans' }).getByRole('status').first()).toContainText(
    new RegExp(`^${turns} of \\d+ match`),
  )
  await page.getByRole('button', { name: 'Counted in LLM turns: show all spans again' }).click()
  await expect(page.getByRole('region', { name: 'Spans' }).getByRole('status').first()).not.toContainText(
    'match',
  )
})
