import { expect } from '@playwright/test'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'
import { TracesPage } from './pages/traces-page.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme })

    const states: readonly {
      readonly name: string
      readonly path?: string
      readonly key?: string
      readonly press?: string
      /** The dialog that it opens. */
      readonly shows?: string
    }[] = [
      { name: 'the table' },
      { name: 'a peek', key: 'j' },
      { name: 'the palette', key: 'Control+k', shows: 'Search or run a command' },
      { name: 'the keys', key: '?', shows: 'Keyboard shortcuts' },
      { name: 'an editor', press: 'Chatbot', shows: 'Filter Chatbot' },
      { name: 'the time', press: 'Time', shows: 'Filter Time' },
      { name: 'the columns', press: 'Choose columns', shows: 'Columns' },
    ]
    for (const { name, key, press, shows } of states) {
      test(`axe finds nothing wrong with ${name}`, async ({ page, gateway }) => {
        const traces = new TracesPage(page)
        await traces.open(gateway.url)
        if (key) await page.keyboard.press(key)
        if (press) await traces.filters.getByRole('button', { name: press, exact: true }).click()
        if (shows) await expect(page.getByRole('dialog', { name: shows })).toBeVisible()
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
        expect(await axeViolations(page)).toEqual([])
      })
    }
  })
}

test('the theme follows the system until it is chosen, and the choice is kept', async ({ page, gateway }) => {
  const traces = new TracesPage(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await traces.open(gateway.url)
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await ground()
  await page.getByRole('button', { name: 'Light theme' }).click()
  const light = await ground()
  expect(light).not.toBe(dark)
  await page.reload()
  expect(await ground()).toBe(light)
  await page.getByRole('button', { name: 'Dark theme' }).click()
  expect(await ground()).toBe(dark)
})

test.describe('900 px wide', () => {
  test.use({ viewport: { width: 900, height: 900 } })

  test('the peek lies below, secondary columns are gone, nothing overflows', async ({ page, gateway }) => {
    const traces = new TracesPage(page)
    await traces.open(gateway.url)
    await page.keyboard.press('j')
    const table = await traces.box.boundingBox()
    const peek = await traces.peek.boundingBox()
    if (!table || !peek) throw new Error('the table and the peek are shown')
    expect(peek.y).toBeGreaterThanOrEqual(table.y + table.height - 2)
    expect(peek.width).toBeGreaterThan(850)
    await expect(traces.head('Cost')).toHaveCount(0)
    await expect(traces.head('Tokens')).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(900)
  })
})

test('no script or style is refused, nothing fails in the console', async ({ page, gateway }) => {
  const said: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(error.message))
  const traces = new TracesPage(page)
  await traces.open(gateway.url)
  await page.keyboard.press('j')
  await expect(traces.peek).toBeVisible()
  await traces.filters.getByRole('button', { name: 'Chatbot', exact: true }).click()
  await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible()
  expect(said).toEqual([])
})
