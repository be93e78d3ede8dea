import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@playwright/test'
import { startGateway, test } from './gateway.ts'

const TOKEN = 'a-token-that-nobody-guesses'

test('a reader signs in, and a link from another site finds the reader signed in', async ({
  page,
  context,
}) => {
  const gateway = await startGateway({ TURNSCOPE_TOKEN: TOKEN })
  const stranger = createServer((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<a href="${gateway.url}/sample/traces?status=error">failed turns</a>`),
  )
  try {
    await page.goto(`${gateway.url}/sample/traces?status=ok`)
    await expect(page.getByLabel('Enter your access token')).toBeFocused()
    await page.keyboard.type('a guess')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toHaveText('Wrong token')
    await page.getByLabel('Enter your access token').fill(TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(`${gateway.url}/sample/traces?status=ok`)
    await expect(page.getByRole('row').nth(3)).toBeVisible()

    const cookies = await context.cookies()
    const cookie = cookies.find(({ name }) => name === 'turnscope_session')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    expect(cookie?.value).not.toContain(TOKEN)

    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    // By its name this machine is another site than by its address.
    await page.goto(`http://localhost:${(stranger.address() as AddressInfo).port}/`)
    await page.getByRole('link', { name: 'failed turns' }).click()
    await expect(page).toHaveURL(`${gateway.url}/sample/traces?status=error`)
    await expect(page.getByRole('row').nth(3)).toBeVisible()
    expect(gateway.output()).not.toContain(TOKEN)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(`${gateway.url}/sign-in`)
    await page.goto(`${gateway.url}/sample/traces`)
    await expect(page.getByLabel('Enter your access token')).toBeVisible()
    expect(await context.cookies()).toEqual([])
  } finally {
    stranger.close()
    await gateway.stop()
  }
})

test('where no token is needed, there is nothing to sign out of', async ({ page, gateway }) => {
  await page.goto(`${gateway.url}/sample/traces`)
  await expect(page.getByRole('row').nth(3)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Sign out' })).toHaveCount(0)
})
