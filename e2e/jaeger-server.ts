import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a server that stands where a Jaeger should be answers. */
export type Manner =
  | 'well'
  | 'down'
  | 'slow'
  | 'never'
  | '401'
  | '404 with HTML'
  | '200 with HTML'
  | '502'
  | 'an error in plain text'
  | 'JSON that breaks off'
  | '500 MB'

const HTML = '<!doctype html><title>Welcome</title><h1>Another page</h1>'
const MINUTE = 60_000_000

interface FakeTrace {
  readonly id: string
  readonly start: number
  readonly session: string
  readonly failed: boolean
}

const traceOf = ({ id, start, session, failed }: FakeTrace): object => ({
  traceID: id,
  spans: [
    {
      traceID: id,
      spanID: id.slice(-16),
      operationName: 'Agent.handle_message',
      references: [],
      startTime: start,
      duration: 40_000,
      tags: [
        { key: 'sender_id', type: 'string', value: session },
        { key: 'input.value', type: 'string', value: `question of ${session}` },
        ...(failed ? [{ key: 'error', type: 'bool', value: true }] : []),
      ],
      logs: [],
      processID: 'p1',
      warnings: null,
    },
  ],
  processes: { p1: { serviceName: 'bot', tags: [] } },
  warnings: null,
})

/** Sends so many MB of nothing, as far as anybody reads them. */
function sendMegabytes(response: ServerResponse, megabytes: number): void {
  const part = Buffer.alloc(1_000_000, 0x20)
  let sent = 0
  const more = () => {
    while (sent < megabytes && !response.destroyed) {
      sent++
      if (!response.write(part)) {
        response.once('drain', more)
        return
      }
    }
    response.end()
  }
  more()
}

/** What is not as it should be, for each manner that is not. */
const TROUBLE: {
  readonly [Name in Exclude<Manner, 'well' | 'slow'>]: (response: ServerResponse) => unknown
} = {
  down: (response) => response.destroy(),
  never: () => {},
  '401': (response) => response.writeHead(401).end('no'),
  '404 with HTML': (response) => response.writeHead(404, { 'content-type': 'text/html' }).end(HTML),
  '200 with HTML': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
  '502': (response) => response.writeHead(502).end(HTML),
  'an error in plain text': (response) =>
    response
      .writeHead(500, { 'content-type': 'text/plain' })
      .end('{"data":null,"errors":[{"code":500,"msg":"the storage is gone"}]}'),
  'JSON that breaks off': (response) => response.end('{"data":[{"traceID":"12'),
  '500 MB': (response) => sendMegabytes(response, 500),
}

/**
 * A small Jaeger below `/base`, of one service, in memory: `turns` of them, `apart` minutes apart, the newest two
 * minutes ago; every ninth failed. `burst`: so many minutes ago more turns began within a millisecond than it
 * ever gives.
 */
export async function serveJaeger({
  turns,
  apart,
  burst,
}: {
  readonly turns: number
  readonly apart: number
  readonly burst?: number
}) {
  const now = Date.now() * 1000
  const traces: FakeTrace[] = Array.from({ length: turns }, (_, at) => ({
    id: (0xabc0000 + at).toString(16).padStart(32, '0'),
    start: now - (2 + at * apart) * MINUTE,
    session: `s${at % 7}`,
    failed: at % 9 === 4,
  }))
  const unlisted: FakeTrace[] = Array.from({ length: 20 }, (_, at) => ({
    id: (0xeee0000 + at).toString(16).padStart(32, '0'),
    start: now - 100_000 * MINUTE,
    session: `u${at}`,
    failed: false,
  }))
  const crowdAt = burst === undefined ? undefined : now - burst * MINUTE
  let manner: Manner = 'well'

  const search = (params: URLSearchParams): object => {
    const [from, to, limit] = ['start', 'end', 'limit'].map((name) => Number(params.get(name)))
    const tags = Object.entries(JSON.parse(params.get('tags') ?? '{}') as Record<string, string>)
    const inside = (start: number) => start >= (from ?? 0) && start <= (to ?? 0)
    const found = traces.filter(
      ({ start, session }) =>
        inside(start) && tags.every(([key, value]) => key === 'sender_id' && value === session),
    )
    const crowd: FakeTrace[] =
      crowdAt !== undefined && inside(crowdAt) && tags.length === 0
        ? Array.from({ length: limit ?? 0 }, (_, at) => ({
            id: (0xddd0000000 + at).toString(16).padStart(32, '0'),
            start: crowdAt,
            session: 'crowd',
            failed: false,
          }))
        : []
    return { data: [...crowd, ...found].slice(0, limit).map(traceOf), errors: null }
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://jaeger')
    if (manner !== 'well' && manner !== 'slow') {
      TROUBLE[manner](response)
      return
    }
    const answer = (status: number, body: object) =>
      setTimeout(() => response.writeHead(status).end(JSON.stringify(body)), manner === 'slow' ? 1_500 : 0)
    if (pathname === '/base/') {
      response.end(
        '<script>JAEGER_VERSION = {"gitCommit":"","gitVersion":"v1.76.0","buildDate":""};</script>',
      )
      return
    }
    if (pathname === '/base/api/services') return answer(200, { data: ['bot'], errors: null })
    if (pathname === '/base/api/traces') return answer(200, search(searchParams))
    const id = /^\/base\/api\/traces\/([0-9a-f]{32})$/.exec(pathname)?.[1]
    const trace = [...traces, ...unlisted].find((one) => one.id === id)
    if (trace) return answer(200, { data: [traceOf(trace)], errors: null })
    return answer(404, { data: null, errors: [{ code: 404, msg: 'trace not found' }] })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
    traces,
    /** Found by their ids alone: no list has read them before. */
    unlisted,
    behave: (next: Manner) => {
      manner = next
      // What hangs is let go.
      server.closeAllConnections()
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
