import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, type Page } from '@playwright/test'
import { type RunningGateway, test } from './gateway.ts'
import { record, recordedTurn } from './recorded-turns.ts'

const TURNS = 8_000

/** What the gateway says of the export that the page has begun. */
async function progressOf(url: string, address: string) {
  const name = new URL(address).searchParams.get('export')
  return (await (await fetch(`${url}/api/v1/exports/${name}`)).json()) as {
    state: string
    traces: number
    rows: number
    total?: number
  }
}

/** A slow line to the gateway: exports come through it a few hundred kB at a time, all else at once. */
async function slowLine(gateway: RunningGateway): Promise<{ url: string; server: Server }> {
  const server = createServer((asked, answer) => {
    const sent = request(
      `${gateway.url}${asked.url}`,
      { method: asked.method, headers: asked.headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.on('close', () => answer.destroy())
        if (!asked.url?.includes('.csv')) {
          reply.pipe(answer)
          return
        }
        reply.on('data', (chunk) => {
          answer.write(chunk)
          reply.pause()
          setTimeout(() => reply.resume(), 60)
        })
        reply.on('end', () => answer.end())
      },
    )
    answer.on('close', () => sent.destroy())
    sent.on('error', () => answer.destroy())
    asked.pipe(sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

async function withSlowLine(
  gateway: RunningGateway,
  page: Page,
  look: (url: string) => Promise<void>,
): Promise<void> {
  const filler = 'when is high tide? '.repeat(130)
  await record(
    gateway,
    Array.from({ length: TURNS }, (_, at) => recordedTurn(`s-${at % 50}`, at, { input: `${at} ${filler}` })),
  )
  const { url, server } = await slowLine(gateway)
  try {
    await page.goto(`${url}/local/traces`)
    await expect(page.locator('tr[data-trace]').first()).toBeVisible()
    await look(url)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('an export shows how far it is on every page, and cancelling it stops the reading', async ({
  freshGateway,
  page,
}) => {
  test.slow()
  await withSlowLine(freshGateway, page, async () => {
    const begun = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const download = await begun
    const bar = page.getByRole('progressbar', { name: 'Export' })
    await expect(bar).toBeVisible()
    await expect(page.getByText(`of ${TURNS.toLocaleString('en')} traces`)).toBeVisible()
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(0)
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sessions' }).click()
    await expect(bar).toBeVisible()
    await page.goBack()

    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByText('Export cancelled').first()).toBeVisible()
    expect(await download.failure()).not.toBeNull()
    const stopped = await progressOf(freshGateway.url, download.url())
    expect(stopped).toMatchObject({ state: 'cancelled', total: TURNS })
    expect(stopped.traces).toBeLessThan(TURNS)
    await delay(500)
    expect(await progressOf(freshGateway.url, download.url())).toEqual(stopped)
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect(page.getByRole('button', { name: 'Export CSV' })).toBeVisible()
  })
})

test('a download that breaks off is a failed one, never a short file', async ({ freshGateway, page }) => {
  test.slow()
  await withSlowLine(freshGateway, page, async () => {
    const begun = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const download = await begun
    await expect(page.getByRole('progressbar', { name: 'Export' })).toBeVisible()
    // As if the gateway had lost its backend: it breaks the connection where it stands.
    const name = new URL(download.url()).searchParams.get('export')
    await fetch(`${freshGateway.url}/api/v1/exports/${name}`, { method: 'DELETE' })
    expect(await download.failure()).not.toBeNull()
    await expect(page.getByText('Export cancelled').first()).toBeVisible()
  })
})
