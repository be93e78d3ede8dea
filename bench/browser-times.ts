import { type Browser, chromium, type Page } from 'playwright'
import { findChromium } from '../scripts/chromium.mjs'
import { type Figure, median, quantile, repeated } from './figures.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const VIEWPORT = { width: 1440, height: 900 }
const RUNS = 5

export const openBrowser = (): Promise<Browser> => {
  const executablePath = findChromium()
  return chromium.launch({ ...(executablePath && { executablePath }), args: FLAGS })
}

/**
 * Watches a page for being usable: what is looked for is shown, and no task over 50 ms for 200 ms. Times are
 * of the page's own clock, so that the talk between this process and the browser costs nothing.
 */
const WATCH = `
  window.__bench = { tasks: [], shown: null, wanted: null }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) __bench.tasks.push([entry.startTime, entry.startTime + entry.duration])
  }).observe({ type: 'longtask', buffered: true })
  __bench.look = (selector, count, from) => new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error('not shown within 60 s: ' + selector)), 60000)
    const check = () => {
      const shown = [...document.querySelectorAll(selector)].filter((one) => one.getClientRects().length > 0)
      if (shown.length < count) return requestAnimationFrame(check)
      // The frame after the one in which it was found: painted.
      requestAnimationFrame(() => {
        const shownAt = performance.now()
        const settle = () => {
          const busy = Math.max(shownAt, ...__bench.tasks.filter(([start]) => start >= from).map(([, end]) => end))
          if (performance.now() - busy < 250) return setTimeout(settle, 50)
          clearTimeout(patience)
          resolve({ shown: shownAt - from, usable: busy - from })
        }
        settle()
      })
    }
    check()
  })
`

interface Look {
  readonly shown: number
  readonly usable: number
}

const look = (page: Page, selector: string, count: number, from: string): Promise<Look> =>
  page.evaluate(`__bench.look(${JSON.stringify(selector)}, ${count}, ${from})`) as Promise<Look>

const TABLE_ROWS = 'tr[data-trace]'
const SPAN_ROWS = '[role="treegrid"] [role="row"]'

async function tableOnce(browser: Browser, address: string, source: string, warm: boolean): Promise<Look> {
  const context = await browser.newContext({ viewport: VIEWPORT })
  await context.addInitScript(WATCH)
  const page = await context.newPage()
  const url = `${address}/${source}/traces`
  if (warm) {
    await page.goto(url)
    await look(page, TABLE_ROWS, 10, '0')
  }
  await page.goto(url, { waitUntil: 'commit' })
  const result = await look(page, TABLE_ROWS, 10, '0')
  await context.close()
  return result
}

/** From an address to a table or a tree of spans that can be used, nothing cached; medians. */
export async function addressTimes(
  browser: Browser,
  url: string,
  what: 'table' | 'trace',
): Promise<{ readonly shown: number; readonly usable: number }> {
  const runs = await repeated(RUNS, async () => {
    const context = await browser.newContext({ viewport: VIEWPORT })
    await context.addInitScript(WATCH)
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    const result = await look(page, what === 'table' ? TABLE_ROWS : SPAN_ROWS, 10, '0')
    await context.close()
    return result
  })
  const of = (figure: (run: Look) => number) => median(runs.map(figure))
  return { shown: of(({ shown }) => shown), usable: of(({ usable }) => usable) }
}

/** The trace table over whatever the store holds: from the address to rows that can be used. */
export async function tableTimes(
  browser: Browser,
  address: string,
  turns: number,
): Promise<readonly Figure[]> {
  const cold = await repeated(RUNS, () => tableOnce(browser, address, 'local', false))
  const warm = await repeated(RUNS, () => tableOnce(browser, address, 'local', true))
  return [
    {
      what: `table of ${turns.toLocaleString('en-US')} traces, first paint of rows`,
      value: median(cold.map(({ shown }) => shown)),
      unit: 'ms',
      budget: { most: 400 },
      note: 'nothing cached',
    },
    { what: 'the same, usable', value: median(cold.map(({ usable }) => usable)), unit: 'ms' },
    { what: 'the same, files cached, rows', value: median(warm.map(({ shown }) => shown)), unit: 'ms' },
  ]
}

async function traceOnce(browser: Browser, address: string, filter: string) {
  const context = await browser.newContext({ viewport: VIEWPORT })
  await context.addInitScript(WATCH)
  const page = await context.newPage()
  await page.goto(`${address}/local/traces?${filter}`)
  await look(page, TABLE_ROWS, 1, '0')
  // The click itself is the page's own event, and its time the clock's start.
  await page.evaluate(`
    addEventListener('click', (event) => { __bench.clicked = event.timeStamp }, { capture: true, once: true })
  `)
  await page.locator(`${TABLE_ROWS} a[href*="/traces/"]`).first().click()
  const opened = await look(page, SPAN_ROWS, 10, '__bench.clicked')
  const scroll = (await page.evaluate(`new Promise((resolve) => {
    const box = document.querySelector('[role="treegrid"]')
    const frames = []
    const began = performance.now()
    let last = began
    const step = (now) => {
      frames.push(now - last)
      last = now
      box.scrollTop += 220
      if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) box.scrollTop = 0
      if (now - began < 3000) return requestAnimationFrame(step)
      const longest = Math.max(0, ...__bench.tasks.filter(([start]) => start >= began).map(([start, end]) => end - start))
      resolve({ frames: frames.slice(2), longest })
    }
    requestAnimationFrame(step)
  })`)) as { frames: number[]; longest: number }
  const search = page.getByRole('region', { name: 'Spans' }).getByRole('searchbox')
  const found =
    (await search.count()) === 0
      ? Number.NaN
      : await (async () => {
          await search.focus()
          await page.evaluate('__bench.typed = performance.now(); __bench.tasks.length = 0')
          await page.keyboard.type('lookup')
          const { usable } = await look(page, `[role="treegrid"]`, 1, '__bench.typed')
          return usable
        })()
  await context.close()
  return { ...opened, frameP95: quantile(scroll.frames, 0.95), longest: scroll.longest, found }
}

/** What the gateway's part of opening a trace takes. */
async function spansRequest(address: string, filter: string): Promise<number> {
  const base = `${address}/api/v1/sources/local/traces`
  const { items } = (await (await fetch(`${base}?${filter}`)).json()) as {
    items: readonly { traceId: string }[]
  }
  const times = await repeated(RUNS, async () => {
    const began = performance.now()
    await (await fetch(`${base}/${items[0]?.traceId}/spans`)).arrayBuffer()
    return performance.now() - began
  })
  return median(times)
}

/** One long trace: from the click on its row to a tree that can be used, then scrolled and searched. */
export async function traceTimes(
  browser: Browser,
  address: string,
  spans: number,
  budget: number,
): Promise<readonly Figure[]> {
  const filter = `session=long-${spans}&kind=any`
  const served = await spansRequest(address, filter)
  const runs = await repeated(RUNS, () => traceOnce(browser, address, filter))
  const of = (figure: (run: (typeof runs)[number]) => number) => median(runs.map(figure))
  const name = `${spans.toLocaleString('en-US')} spans`
  return [
    {
      what: `trace of ${name}, click to usable`,
      value: of(({ usable }) => usable),
      unit: 'ms',
      budget: { most: budget },
    },
    { what: 'the same, rows shown', value: of(({ shown }) => shown), unit: 'ms' },
    { what: 'its spans from the gateway, no browser', value: served, unit: 'ms' },
    {
      what: `scrolling ${name}, frame p95`,
      value: of(({ frameP95 }) => frameP95),
      unit: 'ms',
      budget: { most: 17.5 },
    },
    { what: 'longest task meanwhile', value: of(({ longest }) => longest), unit: 'ms', budget: { most: 50 } },
    { what: `search in ${name}, six keys to settled`, value: of(({ found }) => found), unit: 'ms' },
  ]
}
