import { expect, type Page } from '@playwright/test'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'
import { type RecordedTurn, record } from './recorded-turns.ts'

const START = Date.UTC(2026, 0, 5, 9)
const MINUTE = 60_000

/** Ana's nth turn: a session of two turns a day, a balance that goes down, a language set in her second session. */
const turn = (at: number): RecordedTurn => {
  const time = START + Math.floor(at / 2) * 24 * 60 * MINUTE + (at % 2) * MINUTE
  const data = (balance: number) => ({ name: 'Ana', balance, ...(at > 2 && { language: 'pt' }) })
  return {
    traceId: `turn-${at}`,
    startTime: time * 1000,
    duration: 1_200_000,
    chatbot: { name: 'Transfer', version: at < 2 ? '1' : '2' },
    session: { id: `s-${Math.floor(at / 2)}` },
    participant: { id: 'ana-1', name: 'Ana Souza' },
    input: `message ${at}`,
    ...(at === 3
      ? { status: 'error' as const, error: 'ReadTimeout: no answer' }
      : { output: `answer ${at}` }),
    participantData: { before: data(100 - at), after: data(99 - at) },
    metrics: { totalTokens: at === 1 ? null : 10 },
  }
}
const TURNS = [0, 1, 2, 3, 4, 5].map(turn)

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

test('what is known of a participant, how it came to be, and where it went wrong', async ({
  page,
  freshGateway,
}) => {
  await record(freshGateway, TURNS)
  await page.goto(`${freshGateway.url}/local/sessions`)
  // From any of the sessions to the participant, and from a field's value to its turn: one action each.
  await page.getByRole('row').nth(1).getByRole('link', { name: 'Ana Souza' }).click()
  await expect(page).toHaveURL(/\/local\/participants\/ana-1$/)
  await expect(page).toHaveTitle('Ana Souza · Participant · Turnscope')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Ana Souza')
  const card = (name: string) => page.locator('dl > div', { hasText: name })
  await expect(card('Sessions')).toContainText('3')
  await expect(card('Errors')).toContainText('1')
  // One turn did not measure its tokens: the sum is a part, and what nobody measured is not zero.
  await expect(card('Tokens')).toContainText('≥50')
  await expect(card('Cost')).toContainText('—')

  const known = page.getByRole('region', { name: 'Known now' })
  await expect(known).toContainText('94')
  await expect(known).toContainText('"pt"')
  const histories = page.getByRole('region', { name: 'History of each field' })
  const balance = histories.getByRole('row', { name: /^balance/ })
  await expect(histories.getByRole('row', { name: /^name/ })).toHaveCount(0)
  await expect(balance.getByRole('link', { name: '94' })).toHaveAttribute('href', /\/traces\/turn-5#changes$/)
  await expect(balance.getByRole('link', { name: '98' })).toHaveCount(0)
  await balance.getByRole('button', { name: /^Show \d+ earlier values of balance$/ }).click()
  await expect(balance.getByRole('link', { name: '98' })).toHaveAttribute('href', /\/traces\/turn-1#changes$/)
  await expect(histories.getByRole('row', { name: /^language/ }).getByRole('link')).toHaveText('"pt"')

  const sessions = page.getByRole('region', { name: 'Sessions', exact: true }).getByRole('row')
  await expect(sessions).toHaveCount(4)
  await expect(sessions.nth(1)).toContainText('message 4')
  await expect(sessions.nth(1)).toContainText('answer 5')
  await expect(sessions.nth(2)).toContainText('ReadTimeout: no answer')
  await expect(page.getByText('1 in 6 turns')).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await axeViolations(page)).toEqual([])
  }

  await page.getByRole('link', { name: /^View traces/ }).click()
  await expect(page).toHaveURL(/\/local\/traces\?participant=ana-1$/)
  await page.goBack()
  // The whole row is one link.
  await sessions.nth(2).getByRole('cell').nth(2).click({ force: true })
  await expect(page).toHaveURL(/\/local\/sessions\/s-1$/)
})

test('by keyboard, from a trace, and on a narrow screen', async ({ page, freshGateway }) => {
  await record(freshGateway, TURNS)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${freshGateway.url}/local/traces/turn-3`)
  await page
    .getByRole('navigation', { name: 'Quick links' })
    .getByRole('link', { name: 'Participant', exact: true })
    .focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Known now' })).toContainText('"pt"')
  expect(await overflow(page)).toBe(0)
  const session = page.getByRole('region', { name: 'Sessions', exact: true }).getByRole('link').first()
  await session.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/local\/sessions\/s-2$/)
})

test('somebody of whom nothing is known is said to be so, never shown as empty figures', async ({
  page,
  gateway,
}) => {
  await page.goto(`${gateway.url}/sample/participants/nobody`)
  await expect(page.getByText('No turns of this participant')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Known now' })).toHaveCount(0)
  await expect(page.getByText('0 in 0 turns')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Export CSV' })).toBeDisabled()
})

test('turns without data or a session are told apart from nothing', async ({ page, freshGateway }) => {
  const { participantData: _data, session: _session, ...bare } = turn(0)
  await record(freshGateway, [{ ...bare, session: { id: 's-0' } }])
  await page.goto(`${freshGateway.url}/local/participants/ana-1`)
  await expect(page.getByText('The latest turns recorded no participant data.')).toBeVisible()
  await expect(page.getByText('No field changed in these turns.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Feedback' })).toHaveCount(0)
})
