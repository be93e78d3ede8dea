import { expect } from '@playwright/test'
import { test } from './gateway.ts'

const FAILING = 'e2e/fixtures/rasa/b_turn_failing_custom_action.otlp.json'

test("Rasa's failing turn opens at the span where it began", async ({ page, freshGateway }) => {
  await freshGateway.postTraces(FAILING)
  const reply = await fetch(`${freshGateway.url}/api/v1/sources/local/traces`)
  const { items } = (await reply.json()) as { items: { traceId: string; status: string }[] }
  expect(items.map((trace) => trace.status)).toEqual(['error'])
  await page.goto(`${freshGateway.url}/local/traces/${items[0]?.traceId}`)
  await expect(page.locator('[role=row][aria-selected=true] .name')).toHaveText('core_banking.get_balance')
  await expect(page.getByRole('alert')).toContainText('core_banking.get_balance')
  const legend = page.locator('.lane.map')
  await expect(legend).toContainText('rasa')
  await expect(legend).toContainText('rasa_sdk')
  const tools = page.locator('dl > div').filter({ has: page.locator('dt', { hasText: 'Tool calls' }) })
  await expect(tools.locator('dd').first()).toHaveText('1')
  await expect(page.getByText('Not recorded by the assistant.').first()).toBeVisible()
})
