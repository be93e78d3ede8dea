import { expect, type Locator, type Page } from '@playwright/test'
import type { ParticipantData } from '../src/domain/model/trace.ts'
import { test } from './gateway.ts'
import { stage, stagedPath } from './trace-stage.ts'

const open = async (page: Page, url: string, participantData: ParticipantData) => {
  await stage(page, { trace: { participantData, spans: null } })
  await page.goto(`${url}${stagedPath()}`)
  await expect(page.getByRole('heading', { name: 'Participant data' })).toBeVisible()
}

/** The colour of an element, and of a token, as the browser computes them. */
const colourOf = (element: Locator) => element.evaluate((node) => getComputedStyle(node).color)
const tokenOf = (page: Page, token: string) =>
  page.evaluate((name) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }, token)

test('each change in its colour, with its glyph, old and new beside each other', async ({
  page,
  gateway,
}) => {
  await open(page, gateway.url, {
    before: {
      plan: 'free',
      token: 'c7',
      tags: ['a'],
      notes: 'Prefers short answers. Asked about fees once, in the spring of last year.',
    },
    after: {
      plan: 'pro',
      tags: ['a', 'b'],
      since: '2026-08',
      notes: 'Prefers short answers. Asked about fees twice, in the spring of last year.',
    },
  })
  const changes = page.getByRole('region', { name: 'Changes during this trace' })
  const line = (path: string) => changes.getByRole('listitem').filter({ hasText: path })
  const cases = [
    ['plan', '~', '--modified'],
    ['token', '−', '--removed'],
    ['since', '+', '--added'],
    ['tags[1]', '+', '--added'],
  ] as const
  for (const [path, glyph, token] of cases) {
    const mark = line(path).getByText(glyph, { exact: true })
    await expect(mark, path).toBeVisible()
    expect(await colourOf(mark), path).toBe(await tokenOf(page, token))
  }
  await expect(line('plan')).toContainText('"free"→"pro"')
  await expect(line('notes').locator('del')).toHaveText('once')
  await expect(line('notes').locator('ins')).toHaveText('twice')
  await expect(changes.getByText('2 added')).toBeAttached()
})

test('there is no such section when nothing changed, nor where the end is not known', async ({
  page,
  gateway,
}) => {
  await open(page, gateway.url, { before: { plan: 'free' }, after: { plan: 'free' } })
  await expect(page.getByText('Changes during this trace')).toHaveCount(0)
  await page.unrouteAll()
  await open(page, gateway.url, { before: { plan: 'free' } })
  await expect(page.getByText('Changes during this trace')).toHaveCount(0)
})

test('recorded changes that do not fit are said', async ({ page, gateway }) => {
  await open(page, gateway.url, {
    before: { age: 25 },
    changes: [
      ['change', 'age', [25, 26]],
      ['remove', 'address', [['city', 'Recife']]],
    ],
  })
  const changes = page.getByRole('region', { name: 'Changes during this trace' })
  await expect(changes).toContainText('25→26')
  await changes.getByText('1 recorded change did not fit').click()
  await expect(changes).toContainText('address')
})

test('ten thousand keys stay a page', async ({ page, gateway }) => {
  const keys = (shift: number) =>
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${i}`, i % 2 === 0 ? i + shift : i]))
  await open(page, gateway.url, { before: keys(0), after: keys(1) })
  const changes = page.getByRole('region', { name: 'Changes during this trace' })
  await expect(changes.getByText('5000 modified')).toBeAttached()
  const lines = await changes.locator('[data-index]').count()
  expect(lines).toBeGreaterThan(5)
  expect(lines).toBeLessThan(100)
})
