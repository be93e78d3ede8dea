import { expect } from '@playwright/test'
import { getJson } from './api.ts'
import { test } from './gateway.ts'

interface Chatbots {
  readonly items: readonly {
    readonly id: string
    readonly name: string
    readonly versions: readonly string[]
    readonly turns: number
    readonly errors: number
    readonly totalTokens: number
  }[]
}

test('a chatbot shows what the API says of it, and leads on with its filters', async ({ gateway, page }) => {
  const api = `${gateway.url}/api/v1/sources/sample`
  const [figures] = (await getJson<Chatbots>(`${api}/chatbots?chatbot=Transfer`)).items
  if (!figures) throw new Error('no such chatbot in the sample')
  await page.goto(`${gateway.url}/sample/chatbots/Transfer`)
  const values = page.getByRole('definition')
  await expect(values.nth(0)).toHaveText(figures.turns.toLocaleString('en'))
  await expect(values.nth(1)).toContainText(String(figures.errors))
  await expect(values.nth(4)).toHaveText(figures.totalTokens.toLocaleString('en'))
  await expect(page.locator('canvas')).toHaveCount(1)

  const versions = page.getByRole('region', { name: 'Versions' })
  await expect(versions.getByRole('row')).toHaveCount(figures.versions.length + 1)
  await expect(page.getByRole('region', { name: 'Latest sessions' }).getByRole('row').nth(1)).toBeVisible()

  const failing = page.getByRole('region', { name: 'Top errors' }).getByRole('link').first()
  const message = await failing.getAttribute('title')
  await failing.click()
  const params = new URL(page.url()).searchParams
  expect([params.get('chatbot'), params.get('error')]).toEqual(['Transfer', message])
  await expect(page.locator('tr[data-trace]').first()).toBeVisible()
  await page.goBack()

  await page.goto(`${gateway.url}/sample/chatbots/Transfer?version=12`)
  const narrowed = (await getJson<Chatbots>(`${api}/chatbots?chatbot=Transfer&version=12`)).items[0]
  expect(narrowed?.turns).toBeLessThan(figures.turns)
  await expect(values.nth(0)).toHaveText(narrowed?.turns.toLocaleString('en') ?? '')
  await page.getByRole('link', { name: 'View sessions' }).click()
  await expect(page).toHaveURL(/\/sample\/sessions\?chatbot=Transfer&version=12$/)
})

test('the list of chatbots counts what its filters find', async ({ gateway, page }) => {
  await page.goto(`${gateway.url}/sample/chatbots?status=error`)
  const { items } = await getJson<Chatbots>(`${gateway.url}/api/v1/sources/sample/chatbots?status=error`)
  await expect(page.locator('footer').getByRole('status')).toContainText(`${items.length} chatbot`)
  const busiest = items.reduce((most, one) => (one.turns > most.turns ? one : most))
  const row = page.getByRole('table').getByRole('row').nth(1)
  await expect(row.getByRole('link').first()).toHaveText(busiest.name)
  await row.getByRole('link').first().click()
  await expect(page).toHaveURL(
    new RegExp(`/sample/chatbots/${encodeURIComponent(busiest.id)}\\?status=error$`),
  )
})

test('a chatbot that is not there is said to be so', async ({ gateway, page }) => {
  await page.goto(`${gateway.url}/sample/chatbots/nobody`)
  await expect(page.getByRole('heading', { name: 'Chatbot not found' })).toBeVisible()
})
