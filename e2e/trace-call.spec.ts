import { expect } from '@playwright/test'
import { test } from './gateway.ts'

test('a call: turns and what happened between them, in the list and on the time line', async ({
  page,
  freshGateway: gateway,
}) => {
  await gateway.postTraces('src/formats/otlp/fixtures/rasa-3.21/e_voice_call.otlp.json')
  const reply = await fetch(`${gateway.url}/api/v1/sources/local/traces?limit=1`)
  const { items } = (await reply.json()) as { items: { traceId: string }[] }
  await page.goto(`${gateway.url}/local/traces/${items[0]?.traceId}`)

  const turns = page.getByRole('region', { name: 'Turns of the call' })
  await expect(turns.getByText('“Yes, that”, not backchannel')).toBeVisible()
  const rows = await turns.getByRole('row').allTextContents()
  const place = (text: string) => rows.findIndex((row) => row.includes(text))
  expect(place('the call began')).toBeGreaterThan(0)
  expect(place('Barge-in accepted')).toBeGreaterThan(place('interrupted by the caller'))
  expect(place('Silence accepted')).toBeGreaterThan(place('Barge-in accepted'))
  expect(place('Hang-up asked for')).toBeGreaterThan(place('Silence accepted'))
  expect(place('Disconnected')).toBe(rows.length - 1)
  await expect(turns.getByRole('row').filter({ hasText: 'interrupted' })).toContainText('731')

  const spans = page.getByRole('region', { name: 'Spans', exact: true })
  const mark = spans.getByRole('button', { name: /^Barge-in accepted, at \+10.8/ })
  await expect(mark).toBeVisible()
  await page.screenshot({ path: 'test-results/trace-call-light.png', fullPage: true })

  await turns.getByRole('button', { name: 'Spans of turn 3' }).click()
  const selected = spans.locator('[role=row][aria-selected=true]')
  await expect(selected).toContainText('handle turn')
  await expect(selected).toHaveAttribute('aria-expanded', 'true')
  await expect(page).toHaveURL(/zoom=/)
  await expect(mark).toHaveCount(0)
  await page.screenshot({ path: 'test-results/trace-call-turn.png' })
  // What lies outside of the shown time brings all of it back.
  await turns.getByRole('button', { name: 'Span of Barge-in accepted' }).click()
  await expect(page).not.toHaveURL(/zoom=/)
  await mark.click()
  await expect(selected).toContainText('barge-in')
})
