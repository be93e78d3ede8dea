import { expect } from '@playwright/test'
import { test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'

test('Enter takes the best match, several one after the other; what was typed is used only where chosen', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await traces.filters.getByRole('button', { name: 'Chatbot', exact: true }).click()
  const editor = page.getByRole('dialog', { name: 'Filter Chatbot' })
  await expect(editor.getByRole('listbox').getByRole('option').first()).toBeVisible()
  // Typed and entered in one breath: it waits for the suggestions.
  await page.keyboard.type('trans')
  await page.keyboard.press('Enter')
  await expect(traces.chip('Chatbot is Transfer')).toBeVisible()
  await page.keyboard.type('supp')
  await page.keyboard.press('Enter')
  await expect.poll(() => traces.params().getAll('chatbot')).toHaveLength(2)
  expect(traces.params().getAll('chatbot')[1]).toMatch(/support/i)

  await page.keyboard.type('tran')
  const raw = editor.getByRole('option', { name: 'Use “tran”' })
  await expect(raw).toBeVisible()
  await raw.click()
  await expect.poll(() => traces.params().getAll('chatbot')).toContain('tran')

  // Not chosen: closing says so, and nothing else changes.
  const before = page.url()
  await page.keyboard.type('nowhere')
  await page.keyboard.press('Escape')
  await expect(editor).toHaveCount(0)
  await expect(traces.filters.getByRole('status')).toHaveText(
    'Chatbot: “nowhere” was typed but not chosen, so it is not used.',
  )
  expect(page.url()).toBe(before)
})

test('Enter never drops what was picked before, however late the suggestions come', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await traces.filters.getByRole('button', { name: 'Chatbot', exact: true }).click()
  const editor = page.getByRole('dialog', { name: 'Filter Chatbot' })
  await expect(editor.getByRole('listbox').getByRole('option').first()).toBeVisible()
  await page.keyboard.type('trans')
  await page.keyboard.press('Enter')
  await expect(traces.chip('Chatbot is Transfer')).toBeVisible()
  await page.route('**/suggest**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await route.continue()
  })
  await page.keyboard.type('supp')
  await page.keyboard.press('Enter')
  await expect.poll(() => traces.params().getAll('chatbot')).toHaveLength(2)
  expect(traces.params().getAll('chatbot')[0]).toMatch(/transfer/i)
})

test('a press outside of an editor closes it and does nothing else', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await traces.filters.getByRole('button', { name: 'Status', exact: true }).click()
  const editor = page.getByRole('dialog', { name: 'Filter Status' })
  await expect(editor.getByRole('listbox').getByRole('option').first()).toBeVisible()
  const before = page.url()
  await page.mouse.click(900, 700)
  await expect(editor).toHaveCount(0)
  await expect(traces.selected).toHaveCount(0)
  expect(page.url()).toBe(before)
  await page.mouse.click(900, 700)
  await expect(traces.selected).toHaveCount(1)
})

test('filters go along from list to list, and a chatbot’s own page does not offer the chatbot', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url, '/sample/traces?status=error&sort=-duration')
  const main = page.getByRole('navigation', { name: 'Main' })
  await main.getByRole('link', { name: 'Sessions' }).click()
  await expect(page).toHaveURL(/\/sessions\?status=error$/)
  await main.getByRole('link', { name: 'Chatbots' }).click()
  await expect(page).toHaveURL(/\/chatbots\?status=error$/)
  await page.getByRole('table').getByRole('link').first().click()
  const filters = page.getByRole('search', { name: 'Filter the chatbot’s traces' })
  await expect(filters.getByRole('button', { name: 'Session', exact: true })).toBeVisible()
  await expect(filters.getByRole('button', { name: 'Chatbot', exact: true })).toHaveCount(0)
  await filters.getByRole('button', { name: 'Filter', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Add a filter' })
  await expect(panel.getByRole('button', { name: 'Version', exact: true })).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Chatbot', exact: true })).toHaveCount(0)
})

test('what advertisements add to a link is ignored, any other unknown key is not', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url, '/sample/traces?status=error&utm_source=mail&gclid=x&fbclid=y')
  await expect(traces.chip('Status is error')).toBeVisible()
  await page.goto(`${gateway.url}/sample/traces?statsu=error`)
  await expect(page.getByRole('heading', { name: 'Part of this link could not be read' })).toBeVisible()
  await expect(traces.rows).toHaveCount(0)
})

test('a brush stays where it was drawn, its count is exact, clearing goes back to the time before', async ({
  page,
  gateway,
}) => {
  const traces = new TracesPage(page)
  await traces.open(gateway.url, '/sample/traces?last=7d')
  const all = await traces.count()
  const plot = await page.getByRole('region', { name: 'Turns over time' }).locator('svg').boundingBox()
  if (!plot) throw new Error('no histogram')
  const y = plot.y + plot.height / 2
  const [left, right] = [plot.x + plot.width * 0.5, plot.x + plot.width * 0.52]
  await page.mouse.move(left, y)
  await page.mouse.down()
  await page.mouse.move(right, y, { steps: 4 })
  await page.mouse.up()
  await expect(page).toHaveURL(/from=.*&to=/)
  await page.mouse.move(0, 0)
  const start = page.getByRole('slider', { name: 'Start of the brushed time' })
  const end = page.getByRole('slider', { name: 'End of the brushed time' })
  const middle = async (slider: typeof start) => {
    const box = await slider.boundingBox()
    return (box?.x ?? 0) + (box?.width ?? 0) / 2
  }
  const bucket = plot.width / 40
  await expect(page.getByText(/^Selected /)).not.toContainText('about')
  expect(Math.abs((await middle(start)) - left)).toBeLessThan(bucket)
  expect(Math.abs((await middle(end)) - right)).toBeLessThan(bucket)
  const said = Number(/· ([\d,]+) turns?/.exec((await page.getByText(/^Selected /).textContent()) ?? '')?.[1])
  await expect.poll(() => traces.count()).toBe(said)
  expect(said).toBeLessThan(all)

  await page.getByRole('button', { name: 'Clear selection' }).click()
  await expect(page).toHaveURL(/last=7d$/)
})
