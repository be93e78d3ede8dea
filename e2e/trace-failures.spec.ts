import { expect } from '@playwright/test'
import type { SourceErrorKind } from '../src/domain/port/source-error.ts'
import { test } from './gateway.ts'
import { stage, stagedPath } from './trace-stage.ts'

const LINES: readonly (readonly [SourceErrorKind, RegExp])[] = [
  ['unauthorized', /Spans: the source wants valid credentials/],
  ['forbidden', /Spans: our credentials may not read them/],
  ['rate-limited', /Spans: the source limits how often it can be asked\. Again in [5-7] s/],
  ['timeout', /Spans: the source did not answer in time/],
  ['unreachable', /Spans: the source cannot be reached/],
  ['bad-reply', /Spans: the source answered something that is not readable/],
  ['not-found', /Spans: none were found/],
]

for (const [kind, line] of LINES) {
  test(`spans that fail with ${kind}: one quiet line, the rest of the page untouched`, async ({
    page,
    gateway,
  }) => {
    await stage(page, {
      spans: { kind, message: 'as staged', ...(kind === 'rate-limited' && { retryAfterMs: 7000 }) },
    })
    await page.goto(`${gateway.url}${stagedPath()}`)
    await expect(page.getByRole('status').filter({ hasText: 'Spans:' })).toHaveText(line, { timeout: 20_000 })
    await expect(page.getByText('Yes, send 200 to Marta from my savings')).toBeVisible()
    await expect(page.getByText('Done.')).toBeVisible()
    await expect(page.getByRole('heading', { name: /Transfer/ })).toBeVisible()
    await expect(page.getByRole('treegrid')).toHaveCount(0)
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
}

test('spans that have not arrived are asked for again by themselves', async ({ page, gateway }) => {
  let asked = 0
  await stage(page, {
    spans: () => (asked++ < 2 ? { kind: 'not-yet', message: 'still on its way' } : 'turn  0..100'),
  })
  await page.goto(`${gateway.url}${stagedPath()}`)
  await expect(page.getByText('Spans: not arrived yet')).toBeVisible()
  await expect(page.getByRole('row', { name: 'turn' })).toBeVisible({ timeout: 20_000 })
})

test('no spans recorded: no panel', async ({ page, gateway }) => {
  await stage(page, { trace: { spans: null } })
  await page.goto(`${gateway.url}${stagedPath()}`)
  await expect(page.getByText('Done.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Spans' })).toHaveCount(0)
})

test('one span whose payload fails leaves the tree alone', async ({ page, gateway }) => {
  await stage(page, { spans: 'turn  0..100' })
  await page.route('**/spans/*', (route) =>
    route.fulfill({ status: 403, json: { error: { kind: 'forbidden', message: 'as staged' } } }),
  )
  await page.goto(`${gateway.url}${stagedPath()}`)
  await expect(page.getByText('This span: our credentials may not read them.')).toBeVisible()
  await expect(page.getByRole('row', { name: 'turn' })).toBeVisible()
})

test('a trace that is not there says so and leads on', async ({ page, gateway }) => {
  await stage(page, { trace: { kind: 'not-found', message: 'no such trace' } })
  await page.goto(`${gateway.url}${stagedPath()}`)
  await expect(page.getByRole('alert')).toContainText('No such trace')
  await expect(page.getByRole('link', { name: 'All traces' })).toBeVisible()
})
