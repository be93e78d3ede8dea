import { expect } from '@playwright/test'
import { getJson } from './api.ts'
import { test } from './gateway.ts'
import { record, recordedTurn } from './recorded-turns.ts'

interface Sessions {
  readonly items: readonly { readonly id: string; readonly turns: number }[]
}

test('sessions are filtered as traces are, and the filters go along', async ({ gateway, page }) => {
  await page.goto(`${gateway.url}/sample/sessions`)
  const rows = page.getByRole('table').getByRole('row')
  await expect(rows.nth(5)).toBeVisible()
  const api = `${gateway.url}/api/v1/sources/sample/sessions`
  const all = (await getJson<Sessions>(`${api}?limit=1000`)).items.length
  await expect(page.locator('footer').getByRole('status')).toContainText(`${all} sessions`)

  await page.goto(`${gateway.url}/sample/sessions?status=error&chatbot=Transfer`)
  const failed = (await getJson<Sessions>(`${api}?status=error&chatbot=Transfer&limit=1000`)).items
  await expect(page.locator('footer').getByRole('status')).toContainText(`${failed.length} sessions`)
  expect(failed.length).toBeLessThan(all)
  const first = rows.nth(1)
  await expect(first.getByRole('link').first()).toHaveText(failed[0]?.id ?? '')
  await first.getByRole('link', { name: String(failed[0]?.turns), exact: true }).click()
  await expect(page).toHaveURL(/\/sample\/traces\?/)
  const params = new URL(page.url()).searchParams
  expect([params.get('status'), params.get('chatbot'), params.get('session')]).toEqual([
    'error',
    'Transfer',
    failed[0]?.id,
  ])
  await page.goBack()

  await page
    .getByRole('search', { name: 'Filter sessions' })
    .getByRole('button', { name: 'Remove “Status: error”' })
    .click()
  await expect(page).toHaveURL(/\/sample\/sessions\?chatbot=Transfer$/)
  await rows.nth(1).getByRole('link').first().click()
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Sessions' }).click()
  await expect(page).toHaveURL(/\/sample\/sessions\?chatbot=Transfer$/)
})

test('Back returns to the row that was left, deep in the list', async ({ freshGateway, page }) => {
  const turns = Array.from({ length: 600 }, (_, at) => recordedTurn(`s-${at}`, at))
  await record(freshGateway, turns)
  await page.goto(`${freshGateway.url}/local/sessions`)
  const box = page.getByRole('region', { name: 'Sessions', exact: true })
  await expect(page.getByRole('link', { name: 's-599', exact: true })).toBeVisible()
  await box.focus()
  for (let press = 0; press < 5; press++) await page.keyboard.press('PageDown')
  const selected = page.locator('tr[aria-current=true]')
  const name = await selected.getByRole('link').first().textContent()
  const top = await box.evaluate((element) => element.scrollTop)
  expect(top).toBeGreaterThan(1_000)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/local/sessions/${name}$`))
  await expect(page.getByRole('region', { name: 'Transcript' })).toBeVisible()
  await page.goBack()
  await expect(selected.getByRole('link').first()).toHaveText(name ?? '')
  await expect(selected).toBeInViewport()
  expect(await box.evaluate((element) => element.scrollTop)).toBe(top)
})

test('an address that cannot be read shows nothing rather than something else', async ({ gateway, page }) => {
  await page.goto(`${gateway.url}/sample/sessions?colour=red`)
  await expect(page.getByRole('alert')).toContainText('colour')
  await page.getByRole('button', { name: 'Ignore and continue' }).click()
  await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible()
})
