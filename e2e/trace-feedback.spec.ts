import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'
import { startGateway, test } from './gateway.ts'
import { record, recordedTurn } from './recorded-turns.ts'

test('a reader rates a turn, thinks again, and comments', async ({ page, freshGateway }) => {
  await record(freshGateway, [recordedTurn('tide', 0)])
  await page.goto(`${freshGateway.url}/local/traces/tide-0`)
  const feedback = page.getByRole('region', { name: 'Feedback' })
  const given = feedback.getByRole('listitem')
  await expect(given).toHaveCount(0)
  const duration = await page.locator('dl > div').first().textContent()

  await feedback.getByRole('button', { name: 'Good answer' }).click()
  await expect(feedback.getByRole('status')).toHaveText('Saved')
  await expect(given).toHaveText([/^thumbsup/])
  await expect(feedback.getByRole('button', { name: 'Good answer' })).toHaveAttribute('aria-pressed', 'true')

  await feedback.getByRole('button', { name: 'Bad answer' }).click()
  await expect(given).toHaveText([/^thumbsdown/])
  await expect(feedback.getByRole('button', { name: 'Send' })).toBeDisabled()
  await feedback.getByRole('textbox', { name: 'Comment on this turn' }).fill('The 19:05 one was wrong.')
  await page.keyboard.press('Enter')
  await expect(given.filter({ hasText: 'thumbs' })).toHaveText([/^thumbsdown/])
  await expect(given.filter({ hasText: 'comment' })).toHaveText([/“The 19:05 one was wrong.”$/])
  await expect(feedback.getByRole('textbox', { name: 'Comment on this turn' })).toHaveValue('')
  expect(await page.locator('dl > div').first().textContent()).toBe(duration)

  // Another visit is the same reader: another thumb replaces the first, comments stand beside each other.
  await page.reload()
  await expect(given).toHaveCount(2)
  await feedback.getByRole('button', { name: 'Good answer' }).click()
  await expect(given.filter({ hasText: 'thumbs' })).toHaveText([/^thumbsup/])
  await expect(given).toHaveCount(2)
  await feedback.getByRole('textbox', { name: 'Comment on this turn' }).fill('Fixed by now.')
  await feedback.getByRole('button', { name: 'Send' }).click()
  await expect(given).toHaveCount(3)

  const { violations } = await new AxeBuilder({ page }).include('[aria-label=Feedback]').analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/feedback.png` })
})

test('what cannot be kept is said', async ({ page, freshGateway }) => {
  await record(freshGateway, [recordedTurn('tide', 0)])
  await page.goto(`${freshGateway.url}/local/traces/tide-0`)
  const feedback = page.getByRole('region', { name: 'Feedback' })
  await page.route('**/api/v1/feedback', (route) =>
    route.fulfill({ status: 503, json: { error: { kind: 'unreachable', message: 'the disk is full' } } }),
  )
  await feedback.getByRole('button', { name: 'Good answer' }).click()
  await expect(feedback.getByRole('alert')).toHaveText('Not saved: the disk is full')
  await page.unroute('**/api/v1/feedback')
  await feedback.getByRole('button', { name: 'Good answer' }).click()
  await expect(feedback.getByRole('alert')).toHaveCount(0)
  await expect(feedback.getByRole('listitem')).toHaveCount(1)
})

test('a sample, or a store that takes nothing, asks for no feedback', async ({ page }) => {
  const gateway = await startGateway()
  try {
    const reply = await fetch(`${gateway.url}/api/v1/sources/sample/traces?limit=1&kind=turn`)
    const { items } = (await reply.json()) as { items: { traceId: string }[] }
    await page.goto(`${gateway.url}/sample/traces/${items[0]?.traceId}`)
    await expect(page.getByRole('region', { name: 'Input' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Good answer' })).toHaveCount(0)
  } finally {
    await gateway.stop()
  }
})
