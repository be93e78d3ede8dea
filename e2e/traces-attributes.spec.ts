import { expect } from '@playwright/test'
import { test } from './gateway.ts'

test('a value in the span panel leads to the traces with it, and without it', async ({
  page,
  freshGateway,
}) => {
  await freshGateway.postTraces('src/formats/otlp/fixtures/rasa/a_turn_transfer_money.otlp.json')
  await freshGateway.postTraces('src/formats/otlp/fixtures/rasa/b_turn_failing_custom_action.otlp.json')
  await page.goto(`${freshGateway.url}/local/traces`)
  await expect(page.locator('tr[data-trace]')).toHaveCount(2)

  await page.goto(`${freshGateway.url}/local/traces?attr.executor_class_name=HTTPCustomActionExecutor`)
  const rows = page.locator('tr[data-trace]')
  await expect(rows).not.toHaveCount(0)
  const withIt = await rows.count()
  await page.goto(`${freshGateway.url}/local/traces?attr.executor_class_name.not=HTTPCustomActionExecutor`)
  await expect(rows).toHaveCount(2 - withIt)

  await page.goto(`${freshGateway.url}/local/traces`)
  await rows.first().click()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/traces\/[0-9a-f]{32}/)
  await page.getByRole('treegrid', { name: 'Span tree' }).focus()
  await page.keyboard.press('Home')
  const detail = page.getByRole('region', { name: 'Selected span' })
  await detail.getByRole('tab', { name: 'Attributes' }).click()
  await detail.getByRole('link', { name: 'Traces with this input_channel' }).click()
  await expect(page).toHaveURL(/attr\.input_channel=/)
  const bar = page.getByRole('search', { name: 'Filter traces' })
  await expect(bar).toContainText('input_channelis')
  await expect(rows).not.toHaveCount(0)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/attribute-filter.png` })
  await bar.getByRole('button', { name: /^Remove “input_channel/ }).click()
  await expect(page).toHaveURL(/\/local\/traces$/)

  // The same by hand.
  await bar.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('button', { name: /^Attribute/ }).click()
  await page.getByRole('textbox', { name: 'Key' }).fill('number_of_events')
  await page.getByRole('combobox', { name: 'Operator' }).selectOption('min')
  await page.getByRole('textbox', { name: 'Value' }).fill('40')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/attr\.number_of_events\.min=40/)
  await expect(bar).toContainText('number_of_eventsat least40')
})
