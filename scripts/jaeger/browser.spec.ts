import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../../bench/browser-times.ts'
import { readCsv } from '../../e2e/csv-file.ts'
import { type GatewayProcess, startGatewayProcess } from '../gateway-process.ts'
import { type RunningJaeger, startJaeger } from './jaeger-process.ts'
import { spansOf } from './jaeger-subject.ts'
import { drawTurns } from './many-turns.ts'

const TURNS = 1_500
const LOOK = { timeout: 90_000, interval: 250 }

interface Listed {
  readonly items: readonly { traceId: string; session?: { id: string }; status: string }[]
}

describe('in the browser, over a running Jaeger', () => {
  let jaeger: RunningJaeger
  let gateway: GatewayProcess
  let browser: Browser
  let page: Page
  const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-jaeger-browser-'))
  beforeAll(async () => {
    jaeger = await startJaeger('memory')
    // Nothing is awaited any more of what ended so long ago.
    const until = (Date.now() - 30 * 60_000) * 1000
    await jaeger.sendSpans(spansOf(drawTurns({ turns: TURNS, until, seed: 30, largestBurst: 100 })))
    gateway = await startGatewayProcess({ dataDir, env: { JAEGER_QUERY_URL: jaeger.address } })
    browser = await openBrowser()
    page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
    await jaeger?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const listed = async (params: string): Promise<Listed['items']> => {
    const reply = await fetch(`${gateway.address}/api/v1/sources/jaeger/traces?${params}&limit=1000`)
    return ((await reply.json()) as Listed).items
  }
  const rows = () => page.locator('tr[data-trace]')
  const isShown = (one: Locator) => one.waitFor({ timeout: LOOK.timeout })
  const address = () => page.url()
  const shown = () => rows().evaluateAll((all) => all.map((row) => row.getAttribute('data-trace')))

  it('filters by a session, opens a turn, goes to the turns of its session and back', async () => {
    const counts = new Map<string, number>()
    for (const { session } of await listed('kind=turn'))
      if (session) counts.set(session.id, (counts.get(session.id) ?? 0) + 1)
    const session = [...counts].find(([, turns]) => turns >= 3 && turns <= 12)?.[0] ?? ''
    const turns = (await listed(`session=${encodeURIComponent(session)}`)).map(({ traceId }) => traceId)
    expect(turns.length).toBeGreaterThanOrEqual(3)

    await page.goto(`${gateway.address}/jaeger/traces`)
    await isShown(rows().first())
    await page
      .getByRole('search', { name: 'Filter traces' })
      .getByRole('button', { name: 'Session', exact: true })
      .click()
    const editor = page.getByRole('dialog', { name: 'Filter Session' })
    await isShown(editor)
    await page.keyboard.type(session)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await expect.poll(shown, LOOK).toEqual(turns)
    const filtered = page.url()
    expect(new URL(filtered).searchParams.get('session')).toBe(session)

    await rows().nth(1).getByRole('link').first().click()
    await expect.poll(address, LOOK).toContain(`/jaeger/traces/${turns[1]}`)
    await isShown(page.locator('[role="treegrid"] [role="row"]').nth(1))
    await isShown(page.getByText(`Turn ${turns.length - 1} of ${turns.length}`))
    const way = page.getByRole('link', { name: 'Open in Jaeger' }).first()
    expect(await way.getAttribute('href')).toBe(`${jaeger.address}/trace/${turns[1]}`)

    await page.getByRole('link', { name: 'Transcript' }).click()
    await expect.poll(address, LOOK).toContain('/jaeger/sessions/')
    await page.getByRole('link', { name: 'View traces' }).click({ timeout: LOOK.timeout })
    await expect.poll(shown, LOOK).toEqual(turns)
    await page.goBack()
    await page.goBack()
    await expect.poll(address, LOOK).toContain(`/jaeger/traces/${turns[1]}`)
    await page.goBack()
    await expect.poll(address, LOOK).toBe(filtered)
    await expect.poll(shown, LOOK).toEqual(turns)
  })

  it('exports what a filter lists, and shows how far it is', async () => {
    const wanted = (await listed('kind=any&status=error')).map(({ traceId }) => traceId)
    expect(wanted.length).toBeGreaterThan(10)
    await page.goto(`${gateway.address}/jaeger/traces?kind=any&status=error`)
    await isShown(rows().first())
    // Over so soon that the eye might miss it: what the page draws of it is noted as it comes.
    await page.evaluate(`
      window.__progress = new Set()
      new MutationObserver(() => {
        for (const button of document.querySelectorAll('button'))
          if (button.textContent === 'Cancel') __progress.add(button.parentElement.textContent)
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    `)
    const begun = page.waitForEvent('download', LOOK)
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const download = await begun
    expect(await download.failure()).toBeNull()
    const file = readCsv(readFileSync(await download.path(), 'utf8'))
    expect([...new Set(file.rows.map((row) => row['Trace ID']))]).toEqual(wanted)
    await isShown(page.getByRole('status').filter({ hasText: 'Exported' }))
    expect(await page.evaluate('[...window.__progress].join()')).toMatch(/\d+ traces, \d+ rows/)
  })
})
