import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RECORDED_FROM, RECORDED_TO, serveRecorded } from '../../sources/jaeger/testing/recorded-jaeger.ts'
import { NO_FILES } from '../api/static-files.ts'
import { readConfig } from '../settings/config.ts'
import { type RunningGateway, startGateway } from '../start-gateway.ts'
import { openSourceTable } from './source-table.ts'

const EDGE = 'ed6e0000000000000000000000000001'
const BOUNDS = `from=${new Date(RECORDED_FROM).toISOString()}&to=${new Date(RECORDED_TO + 1).toISOString()}`

async function gatewayOver(settings: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'turnscope-jaeger-'))
  const { config } = readConfig({
    PORT: '0',
    OTLP_HTTP_PORT: 'off',
    OTLP_GRPC_PORT: 'off',
    TURNSCOPE_DATA_DIR: directory,
    ...settings,
  })
  const gateway: RunningGateway = await startGateway(
    config,
    await openSourceTable(config, () => {}),
    NO_FILES,
  )
  return {
    ask: (path: string) => fetch(`${gateway.address}/api/v1/sources${path}`),
    // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, each looked at by its test
    read: async (path: string): Promise<any> =>
      (await fetch(`${gateway.address}/api/v1/sources${path}`)).json(),
    close: async () => {
      await gateway.close(1000)
      await rm(directory, { recursive: true, force: true })
    },
  }
}
type Open = Awaited<ReturnType<typeof gatewayOver>>

describe.each(['v2.13-memory', 'v2.20-badger', 'main-memory'] as const)(
  'Jaeger %s behind the gateway',
  (version) => {
    let jaeger: Awaited<ReturnType<typeof serveRecorded>>
    let open: Open
    beforeAll(async () => {
      jaeger = await serveRecorded(version)
      open = await gatewayOver({
        JAEGER_QUERY_URL: jaeger.url,
        JAEGER_SERVICES: 'rasa,edge-bot',
        JAEGER_UI_URL: 'https://jaeger.example.com/ui',
      })
    })
    afterAll(async () => {
      await open.close()
      jaeger.close()
    })

    it('lists the turns of all services in one order', async () => {
      const { items } = await open.read(`/jaeger/traces?${BOUNDS}&kind=any&limit=1000`)
      const services = new Set(items.flatMap((item: { services: string[] }) => item.services))
      expect([...services]).toEqual(expect.arrayContaining(['rasa', 'edge-bot']))
      const starts = items.map(({ startTime }: { startTime: number }) => startTime)
      expect(starts).toEqual([...starts].sort((a, b) => b - a))
    })

    it('opens one, its spans, a payload, its log records and its download', async () => {
      const turn = await open.read(`/jaeger/traces/${EDGE}`)
      expect(turn).toMatchObject({ traceId: EDGE, spans: { source: 'jaeger', traceId: EDGE } })
      const spans = await (await open.ask(`/jaeger/traces/${EDGE}/spans`)).text()
      expect(spans).toContain('abc0000000000001')
      const span = await open.read(`/jaeger/traces/${EDGE}/spans/abc0000000000001`)
      expect(span.span.attributes['session.id']).toBe('sess-1')
      expect(await (await open.ask(`/jaeger/traces/${EDGE}/download`)).text()).toContain('abc0000000000001')
      expect((await open.ask('/jaeger/traces/00000000000000000000000000000009')).status).toBe(404)
    })

    it('counts, groups, exports, and says how far it looked', async () => {
      const { items } = await open.read(`/jaeger/traces?${BOUNDS}&limit=1000`)
      expect(items.length).toBeGreaterThan(5)
      const count = await open.read(`/jaeger/traces/count?${BOUNDS}`)
      expect(count).toMatchObject({ count: items.length, complete: true, scanned: { complete: true } })
      const chatbots = await open.read(`/jaeger/chatbots?${BOUNDS}`)
      expect(chatbots.items.length).toBeGreaterThan(0)
      const csv = await (await open.ask(`/jaeger/traces.csv?${BOUNDS}`)).text()
      for (const { traceId } of items) expect(csv).toContain(traceId)
    })

    it('is listed with its state and the ways to its own pages', async () => {
      const sources = await open.read('')
      expect(sources.find(({ id }: { id: string }) => id === 'jaeger')).toMatchObject({
        label: 'Jaeger',
        state: { reachable: true, dialect: version === 'main-memory' ? 'v3' : 'legacy' },
        links: [
          { template: 'https://jaeger.example.com/ui/trace/{traceId}', on: 'trace' },
          { template: 'https://jaeger.example.com/ui/trace/{traceId}?uiFind={spanId}', on: 'span' },
        ],
      })
    })
  },
)

describe('a Jaeger that does not answer as it should', () => {
  type Answer = (response: ServerResponse, request: IncomingMessage) => void
  let answer: Answer
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(response, request)
  })
  let open: Open
  beforeAll(async () => {
    answer = (response) => response.end('{"data":[]}')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open = await gatewayOver({
      JAEGER_QUERY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`,
      JAEGER_USERNAME: 'reader',
      JAEGER_PASSWORD: 's3cret-word',
      JAEGER_HEADERS: 'x-tenant=a-tenant',
    })
  })
  afterAll(async () => {
    await open.close()
    server.closeAllConnections()
    server.close()
  })

  it('is asked with its credentials and headers below its base path', async () => {
    expect((await open.ask('/jaeger/traces')).status).toBe(200)
    const [request] = asked
    expect(request?.url).toBe('/base/api/services')
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('reader:s3cret-word').toString('base64')}`,
      'x-tenant': 'a-tenant',
    })
  })

  const html = '<!doctype html><title>Welcome</title>'
  const CASES: readonly (readonly [string, Answer, string])[] = [
    ['401', (response) => response.writeHead(401).end('no s3cret-word'), 'unauthorized'],
    [
      '404 with HTML',
      (response) => response.writeHead(404, { 'content-type': 'text/html' }).end(html),
      'bad-reply',
    ],
    [
      '200 with HTML',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html),
      'bad-reply',
    ],
    ['502', (response) => response.writeHead(502).end(html), 'unreachable'],
    [
      'an error body that is called plain text',
      (response) =>
        response
          .writeHead(500, { 'content-type': 'text/plain' })
          .end('{"errors":[{"code":500,"msg":"no storage"}]}'),
      'unreachable',
    ],
    ['JSON that breaks off', (response) => response.end('{"data":[{"traceID":"12'), 'bad-reply'],
    ['JSON of another kind', (response) => response.end('[]'), 'bad-reply'],
  ]
  it.each(CASES)('%s is said, and passes', async (_, wrong, kind) => {
    answer = wrong
    const reply = await open.ask(`/jaeger/traces/${EDGE}`)
    expect(reply.ok).toBe(false)
    const { error } = (await reply.json()) as { error: { kind: string; message: string } }
    expect(error.kind).toBe(kind)
    const state = (await open.read('')).find(({ id }: { id: string }) => id === 'jaeger').state
    const said = JSON.stringify([error, state])
    for (const secret of ['s3cret-word', 'a-tenant', '127.0.0.1:']) expect(said).not.toContain(secret)
    expect(state.lastError).toBeTypeOf('string')
    answer = (response, { url }) =>
      response.end(url?.includes('/services') ? '{"data":["bot"]}' : '{"data":[],"errors":null}')
    expect((await open.ask('/jaeger/traces?last=1h')).status).toBe(200)
    expect((await open.ask(`/jaeger/traces/${EDGE}`)).status).toBe(404)
  })

  it('with more than is ever read is refused, and costs no more memory than that', {
    timeout: 120_000,
  }, async () => {
    const part = Buffer.alloc(1_000_000, 0x20)
    let sent = 0
    answer = (response) => {
      const more = () => {
        while (sent < 500 && !response.destroyed) {
          sent++
          if (!response.write(part)) {
            response.once('drain', more)
            return
          }
        }
        response.end()
      }
      if (asked.at(-1)?.url?.includes('/services')) response.end('{"data":["bot"]}')
      else more()
    }
    const reply = await open.ask(`/jaeger/traces/${EDGE}`)
    expect(reply.ok).toBe(false)
    expect(((await reply.json()) as { error: { message: string } }).error.message).toContain('is larger than')
    expect(sent).toBeLessThan(250)
  })
})
