import { readFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { test } from './gateway.ts'
import { type RecordedTurn, record } from './recorded-turns.ts'

/** Counts what a reader does: a click, or a text typed with its Enter. */
const counter = () => {
  let actions = 0
  return {
    does: async (action: Promise<unknown>) => {
      actions += 1
      await action
    },
    actions: () => actions,
  }
}

const NOW = Date.now()
const turn = (at: number, more: Partial<RecordedTurn> = {}): RecordedTurn => ({
  traceId: `few-${at}`,
  startTime: (NOW - (at + 1) * 60_000) * 1000,
  duration: 900_000,
  chatbot: { name: at % 2 ? 'Transfer' : 'Support' },
  session: { id: `s-${at % 3}` },
  participant: { id: 'ana-1', name: 'Ana' },
  input: at < 4 ? `refund number ${at}` : `question ${at}`,
  ...(at % 4 === 1 ? { status: 'error', error: 'ReadTimeout: no answer' } : { output: 'done' }),
  participantData: { before: { balance: 100 - at }, after: { balance: 99 - at, seen: at } },
  ...more,
})
const TURNS = Array.from({ length: 12 }, (_, at) => turn(at))

const palette = async (page: Page, { does }: ReturnType<typeof counter>, typed: string, option: RegExp) => {
  await does(page.keyboard.press('Control+k'))
  await does(page.getByRole('combobox', { name: 'Search or run a command' }).fill(typed))
  await does(page.getByRole('option', { name: option }).click())
}

test('failed turns of one chatbot in 24 hours that mention a word, as CSV: five', async ({
  page,
  freshGateway,
}) => {
  await record(freshGateway, TURNS)
  await page.goto(`${freshGateway.url}/local/traces`)
  await expect(page.locator('tr[data-trace]')).toHaveCount(12)
  const count = counter()
  await palette(page, count, 'Transfer', /^Failed turns of Transfer, last 24 hours/)
  await expect(page.locator('tr[data-trace]')).toHaveCount(3)
  const search = page.getByRole('searchbox')
  await count.does(search.fill('refund').then(() => search.press('Enter')))
  await expect(page.locator('tr[data-trace]')).toHaveCount(1)
  const download = page.waitForEvent('download')
  await count.does(page.getByRole('button', { name: 'Export CSV' }).click())
  const csv = await readFile(await (await download).path(), 'utf8')
  expect(csv.split('\r\n').filter((line) => line.startsWith('few-'))).toHaveLength(2)
  expect(csv).toContain('refund number 1')
  expect(count.actions()).toBeLessThanOrEqual(5)
})

test("a participant's last conversation and what changed: four", async ({ page, freshGateway }) => {
  await record(freshGateway, TURNS)
  await page.goto(`${freshGateway.url}/local/traces`)
  await expect(page.locator('tr[data-trace]').first()).toBeVisible()
  const count = counter()
  await palette(page, count, 'ana', /^Participant ana-1/)
  await expect(page.getByRole('region', { name: 'History of each field' })).toContainText('balance')
  await count.does(
    page.getByRole('region', { name: 'Sessions', exact: true }).getByRole('link').first().click(),
  )
  await expect(page.getByRole('list', { name: 'Changed participant data' }).first()).toContainText('balance')
  expect(count.actions()).toBeLessThanOrEqual(4)
})

test('a field across a session: two', async ({ page, freshGateway }) => {
  await record(freshGateway, TURNS)
  await page.goto(`${freshGateway.url}/local/sessions/s-0`)
  const count = counter()
  await count.does(page.getByRole('button', { name: 'Show field history' }).click())
  await count.does(page.getByRole('combobox', { name: 'Field' }).selectOption({ index: 1 }))
  await expect(page.getByRole('list', { name: 'Values of the field' })).toContainText('turn 1')
  expect(count.actions()).toBeLessThanOrEqual(2)
})

test('the slowest turn, and what took its time: two', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/sample/traces`)
  await expect(page.locator('tr[data-trace]').first()).toBeVisible()
  const count = counter()
  await count.does(page.getByRole('columnheader', { name: /^Dur/ }).getByRole('button').first().click())
  await expect(page).toHaveURL(/sort=-duration/)
  await count.does(page.locator('tr[data-trace]').first().getByRole('link').first().click())
  await expect(page.getByRole('treegrid').getByRole('row').nth(1)).toContainText(/\d(s|ms)/)
  expect(count.actions()).toBeLessThanOrEqual(2)
})

test('what is seen is shared by one action on every page', async ({ page, context, gateway }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  for (const path of [
    'traces?status=error',
    'sessions?status=error',
    'chatbots',
    'participants/nobody',
    'sessions/nobody',
    'traces/nobody',
  ]) {
    await page.goto(`${gateway.url}/sample/${path}`)
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await expect(page.getByText('Link copied')).toBeAttached()
    expect(await page.evaluate(() => navigator.clipboard.readText()), path).toBe(page.url())
  }
})

test.describe('at 200 %', () => {
  // What a browser at 200 % gives a window of 1440 × 900.
  test.use({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 })

  test('no page runs out of the window, and each keeps its way around', async ({ page, gateway }) => {
    for (const path of ['traces', 'sessions', 'chatbots']) {
      await page.goto(`${gateway.url}/sample/${path}`)
      await expect(page.getByRole('row').nth(1)).toBeInViewport()
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(over, path).toBe(0)
      await expect(
        page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sessions' }),
      ).toBeVisible()
    }
  })
})
