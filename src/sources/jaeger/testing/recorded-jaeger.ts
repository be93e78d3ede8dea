import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Recorded {
  readonly name: string
  readonly path: string
  readonly status: number
  readonly contentType: string
  readonly file: string
}

export const RECORDED = ['v2.13-memory', 'v2.20-memory', 'v2.20-badger', 'main-memory'] as const
export type RecordedVersion = (typeof RECORDED)[number]

/** Within this stretch everything began that the recorded servers were given, ms. */
export const RECORDED_FROM = Date.UTC(2026, 7, 20, 9)
export const RECORDED_TO = Date.UTC(2026, 7, 20, 12)

const folder = (version: RecordedVersion) =>
  new URL(`../../../formats/fixtures/jaeger/${version}/`, import.meta.url)

const FROM = ['start', 'query.start_time_min'] as const
const TO = ['end', 'query.start_time_max'] as const
const LIMIT = ['limit', 'query.num_traces'] as const

const first = (query: URLSearchParams, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = query.get(name)
    if (value !== null) return value
  }
  return undefined
}
const millisOf = (text: string | undefined): number =>
  text === undefined ? Number.NaN : /^\d+$/.test(text) ? Number(text) / 1000 : Date.parse(text)

/** What a request asks, without between which moments and how much. */
function questionOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://jaeger')
  for (const name of [...FROM, ...TO, ...LIMIT]) searchParams.delete(name)
  searchParams.sort()
  return `${pathname}?${searchParams}`
}

/**
 * A server that gives what a running Jaeger gave. A search is answered by the recording of the same search
 * where its stretch holds all that was recorded, with nothing where it holds none of it; what was not recorded
 * is refused with 501.
 */
export async function serveRecorded(version: RecordedVersion) {
  const index = JSON.parse(readFileSync(new URL('index.json', folder(version)), 'utf8')) as Recorded[]
  const named = (name: string) => index.find((one) => one.name === name)
  const refused: string[] = []
  const find = (url: string): Recorded | undefined => {
    const { pathname, searchParams } = new URL(url, 'http://jaeger')
    const from = millisOf(first(searchParams, FROM))
    const to = millisOf(first(searchParams, TO))
    const same = (one: Recorded) => questionOf(one.path) === questionOf(url)
    if (Number.isNaN(from)) return index.find((one) => one.path === url) ?? index.find(same)
    if (Number(first(searchParams, LIMIT)) >= 100_000)
      return named(pathname.includes('v3') ? 'v3-search-depth-huge' : 'search-limit-huge')
    if (to < RECORDED_FROM || from > RECORDED_TO)
      return named(pathname.includes('v3') ? 'v3-search-unknown-service' : 'search-unknown-service')
    const isWhole = from <= RECORDED_FROM && to >= RECORDED_TO
    return isWhole ? index.filter(same).find(({ name }) => !name.includes('limit')) : undefined
  }
  const server = createServer((request, response) => {
    const found = find(request.url ?? '')
    if (!found) {
      refused.push(request.url ?? '')
      response.writeHead(501).end('not recorded')
      return
    }
    const body = readFileSync(new URL(found.file, folder(version)))
    response.writeHead(found.status, { 'content-type': found.contentType }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
