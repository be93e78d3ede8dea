import { expect } from '@playwright/test'
import { test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'

test('a chip reads as a sentence, is edited in place, and stands in the address', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await expect.poll(() => traces.count()).toBeGreaterThan(300)
  const all = await traces.count()

  await traces.filters.getByRole('button', { name: 'Chatbot', exact: true }).click()
  const editor = page.getByRole('dialog', { name: 'Filter Chatbot' })
  const transfer = editor.getByRole('option', { name: /^Transfer \d+$/ })
  const offered = Number(((await transfer.textContent()) ?? '').replace(/\D/g, ''))
  await transfer.click()
  await expect(traces.chip('Chatbot is Transfer')).toBeVisible()
  expect(traces.params().getAll('chatbot')).toEqual(['Transfer'])
  expect(await traces.countOtherThan(all)).toBe(offered)
  await expect(traces.foot.getByRole('status')).toHaveText(`${offered} of ${all} traces`)

  await editor.getByRole('combobox', { name: 'Operator' }).selectOption('not')
  await expect(traces.chip('Chatbot is not Transfer')).toBeVisible()
  expect(traces.params().get('chatbot.not')).toBe('Transfer')
  expect(await traces.countOtherThan(offered)).toBe(all - offered)
  await page.keyboard.press('Escape')
  await expect(editor).toHaveCount(0)

  await page.goBack()
  await expect(traces.chip('Chatbot is Transfer')).toBeVisible()
  await page.reload()
  await expect(traces.chip('Chatbot is Transfer')).toBeVisible()
  await page.getByRole('button', { name: 'Remove “Chatbot: Transfer”' }).click()
  expect(await traces.countOtherThan(offered)).toBe(all)
})

test('values are picked and typed by keyboard alone', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await traces.filters.getByRole('button', { name: 'Participant', exact: true }).focus()
  await page.keyboard.press('Enter')
  const editor = page.getByRole('dialog', { name: 'Filter Participant' })
  await expect(editor.getByRole('listbox').getByRole('option').first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(editor.getByRole('listbox').getByRole('option', { selected: true })).toHaveCount(1)
  await page.keyboard.type('nobody-by-this-name')
  await expect(editor.getByRole('option', { name: 'Use “nobody-by-this-name”' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(editor.getByRole('listbox').getByRole('option', { selected: true })).toHaveCount(2)
  expect(traces.params().getAll('participant')).toHaveLength(2)
  await page.keyboard.press('Escape')
  await expect(editor).toHaveCount(0)
  await expect(
    traces.chip(`Participant is any of ${traces.params().getAll('participant').join(', ')}`),
  ).toBeFocused()
})

test('every other field stands behind + Filter; bounds are typed in the unit shown', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await traces.filters.getByRole('button', { name: 'Filter', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Add a filter' })
  for (const field of [
    'Version',
    'Tag',
    'Model',
    'Tool',
    'Flow',
    'Span name',
    'Error text',
    'Changed data',
    'Feedback',
    'Cost',
  ])
    await expect(panel.getByRole('button', { name: field, exact: true })).toBeVisible()
  await page.keyboard.type('dur')
  await page.keyboard.press('Enter')
  await panel.getByRole('textbox', { name: 'At least' }).fill('fast')
  await expect(panel.getByRole('alert')).toHaveText('Not a number: “fast”')
  await panel.getByRole('textbox', { name: 'At most' }).fill('900')
  // Closed by Esc, the editor applies what is valid and says what is not.
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(traces.filters.getByRole('status')).toHaveText('Duration, at least: “fast” is not a number.')
  await expect(traces.chip('Duration at most 900 s')).toBeVisible()
  await page.getByRole('button', { name: 'Clear all' }).click()
  await expect(page).not.toHaveURL(/duration/)
  await traces.filters.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.keyboard.type('dur')
  await page.keyboard.press('Enter')
  await panel.getByRole('textbox', { name: 'At least' }).fill('1.5')
  await page.keyboard.press('Enter')
  await expect(traces.chip('Duration at least 1.5 s')).toBeVisible()
  expect(traces.params().get('duration.min')).toBe('1500')
  await expect(async () => {
    const shown = (await traces.column('Duration'))
      .map((text) => Number.parseFloat(text))
      .filter((each) => !Number.isNaN(each))
    expect(shown.length).toBeGreaterThan(5)
    expect(Math.min(...shown)).toBeGreaterThanOrEqual(1.5)
  }).toPass()
})

test('/ searches, Esc leaves and keeps what was searched for', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const all = await traces.count()
  await page.keyboard.press('/')
  await expect(traces.search).toBeFocused()
  await page.keyboard.type('ReadTimeout')
  await expect(page).toHaveURL(/q=ReadTimeout/)
  const found = await traces.countOtherThan(all)
  expect(found).toBeGreaterThan(0)
  await expect(traces.rows.first()).toContainText('ReadTimeout')
  await page.keyboard.press('Escape')
  await expect(traces.search).not.toBeFocused()
  await expect(traces.search).toHaveValue('ReadTimeout')
  await expect(page).toHaveURL(/q=ReadTimeout/)
  expect(await traces.count()).toBe(found)

  // Words in any order, a phrase, and what must not occur.
  await traces.search.fill('retries ReadTimeout')
  const both = await traces.count()
  await traces.search.fill('ReadTimeout -ReadTimeout')
  await expect(page.getByRole('heading', { name: 'No traces match' })).toBeVisible()
  await traces.search.fill('"ReadTimeout')
  await expect.poll(() => traces.count()).toBe(found)
  expect(both).toBeLessThanOrEqual(found)
})

test('where nothing matches, the page says which filter to drop', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await page.goto(`${gateway.url}/sample/traces?status=error&chatbot=Transfer&q=no-such-text`)
  await expect(page.getByRole('heading', { name: 'No traces match' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Without status is error' })).toBeDisabled()
  await page.getByRole('button', { name: 'Without search for “no-such-text”' }).click()
  await expect(traces.rows.first()).toBeVisible()
  await expect(traces.search).toHaveValue('')
  await expect(traces.chip('Status is error')).toBeVisible()
})

test('time by a preset', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const all = await traces.count()
  await traces.filters.getByRole('button', { name: 'Time', exact: true }).click()
  await page.getByRole('button', { name: 'Last 24 hours' }).click()
  await expect(traces.chip('Time is last 24 hours')).toBeVisible()
  expect(traces.params().get('last')).toBe('1d')
  expect(await traces.countOtherThan(all)).toBeLessThan(all)
})

test('a stretch of the histogram is brushed by mouse and by keyboard', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const all = await traces.count()
  const start = page.getByRole('slider', { name: 'Start of the brushed time' })
  await expect(start).toHaveAttribute('aria-valuetext', 'all')
  const plot = await page.getByRole('region', { name: 'Turns over time' }).locator('svg').boundingBox()
  if (!plot) throw new Error('no histogram')
  const y = plot.y + plot.height / 2
  await page.mouse.move(plot.x + plot.width * 0.4, y)
  await page.mouse.down()
  await page.mouse.move(plot.x + plot.width * 0.8, y, { steps: 5 })
  await page.mouse.up()
  await expect(page).toHaveURL(/from=.*&to=/)
  const brushed = await traces.countOtherThan(all)
  expect(brushed).toBeLessThan(all)
  await page.mouse.move(0, 0)
  await expect(page.getByText(/^Selected /)).toContainText(`${brushed} turns`)

  const from = () => Date.parse(traces.params().get('from') ?? '')
  const before = from()
  await start.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(from).toBeGreaterThan(before)
  await page.keyboard.press('Shift+ArrowLeft')
  await expect.poll(from).toBeLessThan(before)

  await page.getByRole('button', { name: 'Clear selection' }).click()
  await expect(page).not.toHaveURL(/from=/)
  await expect.poll(() => traces.count()).toBe(all)
})

test('housekeeping and training are hidden behind a switch', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  const all = await traces.count()
  const hidden = traces.foot.getByRole('switch', { name: /^Housekeeping and training, \d+ hidden$/ })
  const more = Number(((await hidden.textContent()) ?? '').replace(/\D/g, ''))
  await hidden.click()
  expect(traces.params().get('kind')).toBe('any')
  expect(await traces.countOtherThan(all)).toBe(all + more)
  await traces.foot.getByRole('switch').click()
  await expect.poll(() => traces.count()).toBe(all)
})
