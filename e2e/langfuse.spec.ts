import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { generateTraces, heldAs } from '../src/sources/langfuse/testing/generated-traces.ts'
import { KEYS, serveLangfuse } from '../src/sources/langfuse/testing/langfuse-server.ts'
import { recorded } from '../src/sources/langfuse/testing/recorded-langfuse.ts'
import { readCsv } from './csv-file.ts'
import { test as base, startGateway } from './gateway.ts'
import { recordedTurn } from './recorded-turns.ts'

type Server = Awaited<ReturnType<typeof serveLangfuse>>
type Gateway = Awaited<ReturnType<typeof startGateway>>

/** A gateway that reads a Langfuse: its recordings of version 4 unless a test has it hold something else. */
const test = base.extend<{ langfuse: { server: Server; gateway: Gateway } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  langfuse: async ({}, use) => {
    const server = await serveLangfuse(recorded('v4.16.0'))
    const gateway = await startGateway({
      LANGFUSE_BASE_URL: server.url,
      LANGFUSE_PUBLIC_KEY: KEYS.publicKey,
      LANGFUSE_SECRET_KEY: KEYS.secretKey,
    })
    await use({ server, gateway })
    await gateway.stop()
    server.close()
  },
})

/** A trace of the recordings that failed, all of whose steps were recorded. */
const FAILED = '7e686096a7c8227c34ba73d678486dac'

test('from the list to a failed turn, its steps, its transcript and the CSV', async ({ page, langfuse }) => {
  const { gateway, server } = langfuse
  await page.goto(`${gateway.url}/langfuse/traces`)
  const rows = page.locator('tr[data-trace]')
  await expect(rows.first()).toBeVisible()
  await page.getByRole('button', { name: 'Source: Langfuse' }).click()
  await expect(page.getByRole('menuitemradio', { name: /Langfuse 4\.16\.0, project Local/ })).toBeVisible()
  await page.keyboard.press('Escape')

  await page.locator(`tr[data-trace="${FAILED}"]`).getByRole('link').first().click()
  await expect(page).toHaveURL(new RegExp(`/langfuse/traces/${FAILED}`))
  const tree = page.getByRole('treegrid', { name: 'Span tree' })
  await expect(tree).toContainText('retriever')
  await expect(page.getByRole('link', { name: 'Open in Langfuse' }).first()).toHaveAttribute(
    'href',
    `${server.url}/project/proj-local/traces/${FAILED}`,
  )

  await page.getByRole('link', { name: 'Transcript' }).click()
  await expect(page).toHaveURL(/\/langfuse\/sessions\//)
  await expect(page.locator('li[aria-current=true]')).toBeVisible()

  await page.goto(`${gateway.url}/langfuse/traces?session=sess-011`)
  await expect(rows.first()).toBeVisible()
  const listed = await rows.count()
  const begun = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const file = readCsv(await readFile(await (await begun).path(), 'utf8'))
  const ids = new Set(file.rows.map((row) => row['Trace ID']))
  expect(ids.size).toBe(listed)
  expect(server.refused).toEqual([])
})

test('a recorded turn shows the steps that Langfuse has, and is whole where Langfuse is down', async ({
  page,
  langfuse,
}) => {
  const { gateway, server } = langfuse
  const { traceId, ...turn } = recordedTurn('s-langfuse', 0)
  await fetch(`${gateway.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...turn, traceId, provider: { source: 'langfuse', traceId: FAILED } }),
  })
  await page.goto(`${gateway.url}/local/traces/${traceId}`)
  await expect(page.getByRole('treegrid', { name: 'Span tree' })).toContainText('retriever')
  await expect(page.getByRole('link', { name: 'Open in Langfuse' }).first()).toHaveAttribute(
    'href',
    `${server.url}/project/proj-local/traces/${FAILED}`,
  )

  server.close()
  const other = recordedTurn('s-langfuse', 1)
  await fetch(`${gateway.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...other, provider: { source: 'langfuse', traceId: 'elsewhere' } }),
  })
  await page.goto(`${gateway.url}/local/traces/${other.traceId}`)
  await expect(page.getByRole('status').filter({ hasText: 'Spans:' })).toContainText(
    'the source cannot be reached',
    { timeout: 20_000 },
  )
  await expect(page.getByText('Answer 2:')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

const STATES = [
  ['keys that it refuses', 401, '{"message":"Invalid credentials."}', {}, /refuses our credentials/],
  ['a limit', 429, '{"message":"slow down"}', { 'retry-after': '40' }, /may be asked again in \d+ s/],
  ['a page in place of the API', 404, '<!DOCTYPE html><title>404</title>', {}, /Unexpected answer/],
] as const
for (const [what, status, body, headers, words] of STATES) {
  test(`${what}: said, and over without a restart`, async ({ page, langfuse }) => {
    const { gateway, server } = langfuse
    server.inject(() => ({ status, body, headers }))
    await page.goto(`${gateway.url}/langfuse/traces`)
    await expect(page.getByRole('alert')).toContainText(words, { timeout: 20_000 })
    if (status === 429) return
    server.inject(() => undefined)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.locator('tr[data-trace]').first()).toBeVisible()
  })
}

test('a server that is upgraded meanwhile goes on being shown', async ({ page, langfuse }) => {
  const { gateway, server } = langfuse
  const generated = generateTraces(30, Date.now())
  server.hold(heldAs('legacy', generated))
  await page.goto(`${gateway.url}/langfuse/traces`)
  const rows = page.locator('tr[data-trace]')
  await expect(rows).toHaveCount(30)
  server.hold(heldAs('v4', generated))
  await page.reload()
  await expect(rows).toHaveCount(30)
  const sources = await (await fetch(`${gateway.url}/api/v1/sources`)).json()
  expect(sources.find(({ id }: { id: string }) => id === 'langfuse').state.dialect).toBe('v4')
})
