import { readFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { inTermsOfRows, readCsv, rowsOf, turnsOf } from './csv-file.ts'
import { test } from './gateway.ts'

/** Presses the page's export and gives the file once the browser has it whole. */
async function exported(page: Page): Promise<string> {
  const begun = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const download = await begun
  expect(await download.failure()).toBeNull()
  expect(download.suggestedFilename()).toMatch(/^turnscope-sample-\d{8}T\d{4}Z\.csv$/)
  return readFile(await download.path(), 'utf8')
}

test('from a chatbot to its traces, a trace, its transcript, the traces of that session and their CSV', async ({
  gateway,
  page,
}) => {
  await page.goto(`${gateway.url}/sample/chatbots`)
  await page.getByRole('row').filter({ hasText: 'Transfer' }).getByRole('link', { name: 'Transfer' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Transfer' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Top errors' })).toBeVisible()

  await page.getByRole('link', { name: 'View chatbot traces' }).click()
  await expect(page).toHaveURL(/\/sample\/traces\?chatbot=Transfer$/)
  const rows = page.locator('tr[data-trace]')
  await expect(rows.first()).toBeVisible()
  for (const row of await rows.all()) await expect(row).toContainText('Transfer')

  const wanted = (await turnsOf(gateway.url, 'sample', 'chatbot=Transfer&kind=turn')).find(
    ({ participantData, session }) => participantData?.after !== undefined && session,
  )
  const traceId = wanted?.traceId ?? ''
  const session = wanted?.session?.id ?? ''
  await page.goto(`${gateway.url}/sample/traces?chatbot=Transfer&traceId=${traceId}`)
  await page.locator(`tr[data-trace="${traceId}"]`).getByRole('link').first().click()
  await expect(page).toHaveURL(new RegExp(`/sample/traces/${traceId}`))

  await page.getByRole('link', { name: 'Transcript' }).click()
  await expect(page).toHaveURL(new RegExp(`/sample/sessions/${session}\\?peek=${traceId}`))
  const turn = page.locator('li[aria-current=true]')
  await expect(turn).toBeVisible()
  await expect(turn.getByRole('link', { name: 'View trace' })).toHaveAttribute(
    'href',
    `/sample/traces/${traceId}`,
  )

  await page.getByRole('link', { name: 'View traces' }).click()
  await expect(page).toHaveURL(new RegExp(`/sample/traces\\?session=${session}$`))
  await expect(rows.first()).toBeVisible()
  const file = readCsv(await exported(page))
  const turns = await turnsOf(gateway.url, 'sample', `session=${session}`)
  expect(turns.length).toBeGreaterThan(0)
  expect(file.rows.map(inTermsOfRows)).toEqual(turns.flatMap((each) => rowsOf(each, 'sample')))
  await expect(page.getByRole('status').filter({ hasText: 'Exported' })).toHaveCount(1)
})

test('the whole sample as a file holds what the API says, in the order of the table', async ({
  gateway,
  page,
}) => {
  test.slow()
  await page.goto(`${gateway.url}/sample/traces?sort=-duration`)
  await expect(page.locator('tr[data-trace]').first()).toBeVisible()
  const text = await exported(page)
  expect(text.startsWith('\uFEFFTrace ID,Timestamp,Message Type,')).toBe(true)
  expect(text.endsWith('\r\n')).toBe(true)
  const file = readCsv(text)
  const turns = await turnsOf(gateway.url, 'sample', 'sort=-duration')
  expect(turns.length).toBeGreaterThan(300)
  expect(file.rows.map(inTermsOfRows)).toEqual(turns.flatMap((each) => rowsOf(each, 'sample')))
})

test('from a session and from a chatbot', async ({ gateway, page }) => {
  const [first] = await turnsOf(gateway.url, 'sample', 'chatbot=Transfer&kind=turn&last=7d')
  const session = first?.session?.id ?? ''
  await page.goto(`${gateway.url}/sample/sessions/${session}`)
  await expect(page.getByRole('region', { name: 'Transcript' })).toBeVisible()
  const ofSession = readCsv(await exported(page))
  expect(new Set(ofSession.rows.map((row) => row['Session ID']))).toEqual(new Set([session]))

  await page.goto(`${gateway.url}/sample/chatbots/Transfer`)
  const ofChatbot = readCsv(await exported(page))
  expect(new Set(ofChatbot.rows.map((row) => row.Chatbot))).toEqual(new Set(['Transfer']))
  expect(ofChatbot.rows.length).toBeGreaterThan(ofSession.rows.length)
})
