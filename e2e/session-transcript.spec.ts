import { expect, type Page } from '@playwright/test'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'
import { BEGIN, record, recordedTurn } from './recorded-turns.ts'

const transcript = (page: Page) => page.getByRole('region', { name: 'Transcript' })
const current = (page: Page) => page.locator('li[aria-current=true]')

const TALK = [
  recordedTurn('tide', 0, {
    participantData: { before: { name: 'Noor' }, after: { name: 'Noor', boat: { length: 9 } } },
  }),
  recordedTurn('tide', 1, {
    participantData: {
      before: { name: 'Noor', boat: { length: 9 } },
      after: { name: 'Noor N.', boat: {}, berth: 'B4' },
    },
    feedback: [{ name: 'thumbs_down', comment: 'that was yesterday' }],
  }),
  recordedTurn('tide', 2, { status: 'error', error: 'TideTableError: no table for 2027', output: 'Sorry.' }),
  recordedTurn('tide', 3, { startTime: BEGIN + 4 * 3_600e6, output: '<img src=x onerror=alert(1)> *hi*' }),
]

test('tells a talk: bubbles, measures, changes, failures, pauses, feedback', async ({
  freshGateway,
  page,
}) => {
  await record(freshGateway, TALK)
  await page.goto(`${freshGateway.url}/local/sessions/tide`)
  const turns = transcript(page)
    .getByRole('listitem')
    .filter({ has: page.getByText(/Turn \d$/) })
  await expect(turns).toHaveCount(4)
  await expect(turns.nth(0)).toContainText('Question 1: when is high tide?')
  await expect(turns.nth(0).locator('strong')).toHaveText('06:40')
  const chips = turns.nth(1).getByRole('list', { name: 'Changed participant data' }).getByRole('link')
  await expect(chips).toHaveText(['~ name modified', '− boat.length removed', '+ berth added'])
  await expect(turns.nth(1)).toContainText('Thumbs down “that was yesterday”')
  await expect(turns.nth(2)).toContainText('TideTableError: no table for 2027')
  await expect(turns.nth(3)).toContainText('A pause of half an hour or more')
  await expect(turns.nth(3)).toContainText('+4 h')
  // A bot's words are text and safe Markdown, never elements of its own.
  await expect(turns.nth(3).locator('img')).toHaveCount(0)

  const summary = page.getByRole('complementary', { name: 'Session summary' })
  await expect(summary.getByRole('definition').first()).toHaveText('4')
  await summary.getByRole('button', { name: 'Show changes since start' }).click()
  await summary.getByRole('button', { name: 'Show field history' }).click()
  await expect(summary.getByRole('combobox', { name: 'Field' })).toBeVisible()
  await summary.getByRole('combobox', { name: 'Field' }).selectOption('name')
  await expect(summary.getByRole('list', { name: 'Values of the field' }).getByRole('listitem')).toHaveText([
    /^turn 1, start"Noor"$/,
    /^turn 2"Noor N."$/,
  ])

  await chips.first().click()
  await expect(page).toHaveURL(/\/local\/traces\/tide-1#changes$/)
  await expect(page.getByRole('region', { name: 'Changes during this trace' })).toBeInViewport()
  await page.goBack()
  await expect(page).toHaveURL(/\/local\/sessions\/tide/)

  await page.getByRole('switch', { name: 'Plain text' }).click()
  await expect(turns.nth(0)).toContainText('**06:40**')
})

test('is walked by keys alone, and a turn can be named in an address', async ({ freshGateway, page }) => {
  await record(freshGateway, TALK)
  await page.goto(`${freshGateway.url}/local/sessions/tide`)
  await transcript(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(current(page)).toContainText('Turn 1')
  await page.keyboard.press('j')
  await expect(page).toHaveURL(/\?peek=tide-1$/)
  await page.keyboard.press(']')
  await expect(current(page)).toContainText('Turn 3')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/local\/traces\/tide-2/)
  await page.goBack()
  await expect(current(page)).toContainText('Turn 3')
  await page.goto(`${freshGateway.url}/local/sessions/tide?peek=tide-3`)
  await expect(current(page)).toContainText('Turn 4')
})

test('adds turns that come while it is read', async ({ freshGateway, page }) => {
  const now = Date.now() * 1000
  await record(freshGateway, [recordedTurn('now', 0, { startTime: now - 60e6 })])
  await page.goto(`${freshGateway.url}/local/sessions/now`)
  await expect(page.getByText('Question 1: when is high tide?')).toBeVisible()
  await record(freshGateway, [recordedTurn('now', 1, { startTime: now })])
  await expect(page.getByText('Question 2: when is high tide?')).toBeVisible()
})

test('of 5,000 turns is read whole, drawn only where one looks, and found again by Back', async ({
  freshGateway,
  page,
}) => {
  test.slow()
  const turns = Array.from({ length: 5_000 }, (_, at) => recordedTurn('long', at))
  await record(freshGateway, turns)
  await page.goto(`${freshGateway.url}/local/sessions/long`)
  const figures = page.getByRole('complementary', { name: 'Session summary' }).getByRole('definition')
  await expect(figures.first()).toHaveText('5,000', { timeout: 30_000 })
  expect(await transcript(page).locator('li[data-index]').count()).toBeLessThan(60)
  await transcript(page).focus()
  await page.keyboard.press('End')
  await expect(current(page)).toContainText('Question 5000:')
  await expect(page.getByText('End of the conversation so far.')).toBeVisible()
  expect(await transcript(page).locator('li[data-index]').count()).toBeLessThan(60)

  await page.goto(`${freshGateway.url}/local/sessions/long?peek=long-2500`)
  await expect(current(page)).toContainText('Question 2501:', { timeout: 30_000 })
  await expect(current(page)).toBeInViewport()
  await transcript(page).evaluate((box) => box.scrollBy(0, -1_500))
  const shown = await transcript(page).evaluate((box) => {
    const top = box.getBoundingClientRect().top
    const rows = [...box.querySelectorAll('li[data-index]')]
    return rows.find((row) => row.getBoundingClientRect().bottom > top + 200)?.getAttribute('data-index')
  })
  await transcript(page)
    .locator(`li[data-index="${shown}"]`)
    .getByRole('link', { name: 'View trace' })
    .click()
  await expect(page).toHaveURL(/\/local\/traces\/long-/)
  await page.goBack()
  await expect(transcript(page).locator(`li[data-index="${shown}"]`)).toBeInViewport()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is accessible in the ${colorScheme} theme, at both widths`, async ({ freshGateway, page }) => {
    await record(freshGateway, TALK)
    await page.emulateMedia({ colorScheme })
    for (const width of [1440, 900]) {
      await page.setViewportSize({ width, height: 900 })
      for (const path of ['sessions', 'sessions/tide', 'chatbots', 'chatbots/Harbour']) {
        await page.goto(`${freshGateway.url}/local/${path}`)
        await expect(page.getByText('Harbour').first()).toBeVisible()
        expect(await axeViolations(page), `${path}, ${width} px`).toEqual([])
      }
    }
  })
}
