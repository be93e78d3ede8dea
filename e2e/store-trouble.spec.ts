import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'
import { startGateway, test } from './gateway.ts'

test('a store that cannot keep turns is told of on every page, and the notice goes by itself', async ({
  page,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'turnscope-trouble-'))
  const data = join(folder, 'data')
  const gateway = await startGateway({ TURNSCOPE_DATA_DIR: data })
  const health = async () => (await fetch(`${gateway.url}/healthz`)).status
  const notice = page.getByRole('status', { name: 'Server' })
  try {
    await page.goto(`${gateway.url}/sample/traces`)
    await expect(page.getByRole('row').nth(3)).toBeVisible()
    await expect(notice).toBeEmpty()

    await rename(data, join(folder, 'elsewhere'))
    await expect.poll(health).toBe(503)
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200)
    const body = await (await fetch(`${gateway.url}/healthz`)).text()
    expect(body).not.toContain(folder)
    await expect(notice).toHaveText('The data folder is no longer where it was: new turns cannot be kept.', {
      timeout: 25_000,
    })
    await page.getByRole('link', { name: 'Sessions' }).click()
    await expect(notice).toBeVisible()
    const { violations } = await new AxeBuilder({ page }).include('[aria-label="Server"]').analyze()
    expect(violations).toEqual([])

    await rename(join(folder, 'elsewhere'), data)
    await expect(notice).toBeEmpty({ timeout: 25_000 })
    expect(await health()).toBe(200)
  } finally {
    await gateway.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
