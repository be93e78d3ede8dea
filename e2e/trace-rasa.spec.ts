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

test('Rasa: why the action ran, and what was on top of the dialogue stack', async ({
  page,
  freshGateway,
}) => {
  await freshGateway.postTraces(FAILING)
  const reply = await fetch(`${freshGateway.url}/api/v1/sources/local/traces`)
  const { items } = (await reply.json()) as { items: { traceId: string }[] }
  const payloads: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (/\/spans\/[^/]+$/.test(pathname) || search.startsWith('?ids=')) payloads.push(request.url())
  })
  await page.goto(`${freshGateway.url}/local/traces/${items[0]?.traceId}`)
  const detail = page.getByRole('region', { name: 'Selected span' })
  await expect(detail.getByRole('heading', { name: 'Why this action' })).toBeVisible()
  await expect(detail).toContainText('action_check_sufficient_funds, in which this span ran')
  await expect(detail).toContainText('set slot: transfer_money_amount')
  await expect(detail).toContainText('1_collect_transfer_money_amount→check_funds')
  await expect(detail.getByRole('row', { name: /FlowPolicy/ })).toContainText('1.00')
  await expect(page.locator('.lane.stack')).toContainText('transfer_money')
  // Dozens of spans explain the turn: they come together.
  expect(payloads.length).toBeLessThanOrEqual(3)
  await detail.getByRole('button', { name: 'check_funds' }).click()
  await expect(page.locator('[role=row][aria-selected=true] .name')).toHaveText('flow_executor.run_step')
  await page.getByRole('treegrid', { name: 'Span tree' }).focus()
  await page.keyboard.press('Home')
  await expect(detail.getByRole('heading', { name: 'Time by phase' })).toBeVisible()
})
