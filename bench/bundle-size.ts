import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright'
import type { Figure } from './figures.ts'

const KILO = 1000

const gzipped = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length

/** All JavaScript of the built page, gz: what a visit to every route would load. */
export const wholeBundle = (app: string): Figure => {
  const assets = join(app, 'assets')
  const files = existsSync(assets) ? readdirSync(assets).filter((name) => name.endsWith('.js')) : []
  const bytes = files.reduce((sum, name) => sum + gzipped(join(assets, name)), 0)
  return { what: `JavaScript of all routes, ${files.length} files`, value: bytes / KILO, unit: 'kB gz' }
}

/** JavaScript that a browser asks for on one address, gz. */
async function loadedOn(browser: Browser, address: string, app: string, then?: { readonly open: string }) {
  const page = await browser.newPage()
  const scripts = new Set<string>()
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.resourceType() === 'script' || pathname.endsWith('.js')) scripts.add(pathname)
  })
  await page.goto(address, { waitUntil: 'networkidle' })
  if (then !== undefined) await page.goto(then.open, { waitUntil: 'networkidle' })
  await page.close()
  return [...scripts].reduce((sum, path) => {
    const file = join(app, path)
    return sum + (existsSync(file) ? gzipped(file) : 0)
  }, 0)
}

/** JavaScript by route: the table alone, and with the page of a trace. */
export async function routeBundles(
  browser: Browser,
  app: string,
  routes: { readonly table: string; readonly trace: string },
): Promise<readonly Figure[]> {
  const table = await loadedOn(browser, routes.table, app)
  const both = await loadedOn(browser, routes.table, app, { open: routes.trace })
  return [
    { what: 'JavaScript, table route', value: table / KILO, unit: 'kB gz', budget: { most: 175 } },
    { what: 'JavaScript, with trace route', value: both / KILO, unit: 'kB gz', budget: { most: 240 } },
  ]
}
