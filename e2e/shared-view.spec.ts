import { expect, type Page } from '@playwright/test'
import { test } from './gateway.ts'
import { FAILED_TURN, stage, stagedPath } from './trace-stage.ts'

const RETRIED = `
  Agent.handle_message             0..6210     kind=message @rasa
    tool lookup                    100..900    #first kind=tool state="recovered" @rasa
    tool lookup                    1000..1800  #again kind=tool @rasa
    LLM.call                       2000..4000  kind=generation @rasa
`

const params = (page: Page) => new URL(page.url()).searchParams

test('what is looked for, filtered, closed and coloured stands in the link', async ({ page, gateway }) => {
  await stage(page, { spans: FAILED_TURN })
  await page.goto(`${gateway.url}${stagedPath()}`)
  const spans = page.getByRole('region', { name: 'Spans', exact: true })
  await spans.getByRole('button', { name: 'Service', exact: true }).click()
  await spans.getByRole('button', { name: 'Critical path' }).click()
  await expect.poll(() => params(page).get('s.colour')).toBe('service')
  await expect.poll(() => params(page).get('s.critical')).toBe('1')
  await spans.getByRole('button', { name: 'Collapse all' }).click()
  await expect.poll(() => params(page).get('s.closed')).toBeTruthy()
  const shown = await spans.getByRole('row').count()
  await page.reload()
  await expect(spans.getByRole('button', { name: 'Service', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await expect(spans.getByRole('button', { name: 'Critical path' })).toHaveAttribute('aria-pressed', 'true')
  await expect(spans.getByRole('row')).toHaveCount(shown)

  await spans.getByRole('searchbox', { name: 'Search spans' }).fill('payments')
  await expect.poll(() => params(page).get('s.find')).toBe('payments')
  // Esc leaves the field and erases nothing.
  await page.keyboard.press('Escape')
  await expect(spans.getByRole('searchbox', { name: 'Search spans' })).toHaveValue('payments')
  await page.reload()
  await expect(spans.getByRole('searchbox', { name: 'Search spans' })).toHaveValue('payments')
  await expect(spans.getByRole('status').first()).toContainText('match')
})

test('every page has a Share button, which copies what is seen', async ({ page, context, gateway }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  for (const path of ['/sample/traces?status=error', '/sample/sessions', '/sample/chatbots?last=7d']) {
    await page.goto(`${gateway.url}${path}`)
    await expect(page).toHaveTitle(/ · Turnscope$/)
    await page.getByRole('button', { name: 'Share' }).click()
    await expect(page.getByText('Link copied')).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url())
  }
})

test('a failure that was made good is counted, filtered for and stepped to', async ({ page, gateway }) => {
  await stage(page, { spans: RETRIED })
  await page.goto(`${gateway.url}${stagedPath()}`)
  const spans = page.getByRole('region', { name: 'Spans', exact: true })
  await expect(spans.getByText('4 in 1 service, 1 recovered')).toBeVisible()
  await spans.getByRole('treegrid').focus()
  await page.keyboard.press(']')
  await expect(spans.getByRole('row', { selected: true })).toContainText('lookup')
  await expect.poll(() => params(page).get('span')).toBeTruthy()
  await spans.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('checkbox', { name: /^Errors only/ }).check()
  await expect(spans.getByText('1 of 4 match')).toBeVisible()
})
