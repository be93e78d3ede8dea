import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { spanId, traceId } from '../../domain/model/units.ts'
import { SOURCE_ERROR_KINDS, SourceError } from '../../domain/port/source-error.ts'
import type { SourceInfo } from '../../domain/port/source-info.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import type { AnsweringSource } from '../../sources/derived.ts'
import { listSources, remoteSource } from '../../sources/remote/remote-source.ts'
import { encodeSpanColumns } from '../../wire/span-columns.ts'
import { NO_FILES } from '../api/static-files.ts'
import { MemorySink } from '../ingest/testing/memory-sink.ts'
import { readConfig } from '../settings/config.ts'
import { startGateway } from '../start-gateway.ts'
import { OUTLINE, oneTraceSource, SUMMARY } from '../testing/one-trace-source.ts'

const { config } = readConfig({ PORT: '0', OTLP_HTTP_PORT: 'off', OTLP_GRPC_PORT: 'off' })
const never = (): AbortSignal => new AbortController().signal

async function serve(source: AnsweringSource) {
  const gateway = await startGateway(
    config,
    {
      current: async () => [source],
      sink: new MemorySink(),
      warnings: [],
      close: async () => {},
    },
    NO_FILES,
  )
  return { baseUrl: gateway.address, close: () => gateway.close(1000) }
}

async function firstRemote(baseUrl: string): Promise<TraceSource> {
  const [info] = await listSources({ baseUrl }, never())
  return remoteSource(info as SourceInfo, { baseUrl })
}

describe('the client of the gateway', () => {
  const stops: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  const over = async (override: Partial<TraceSource>): Promise<TraceSource> => {
    const { baseUrl, close } = await serve(oneTraceSource('local', override).source)
    stops.push(close)
    return firstRemote(baseUrl)
  }

  /** A stranger's HTTP server in the gateway's place. */
  const answering = async (status: number, body: string, headers: Record<string, string> = {}) => {
    const server: Server = createServer((_request, response) => response.writeHead(status, headers).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(async () => server.close())
    const { info } = oneTraceSource().source
    return remoteSource(info, { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  }

  it.each(SOURCE_ERROR_KINDS)('brings %s over as it was', async (kind) => {
    const remote = await over({
      getTrace: async () => {
        throw new SourceError(kind, `a fact about ${kind}`, { retryAfterMs: 250 })
      },
    })
    const expected = { name: 'SourceError', kind, message: `a fact about ${kind}`, retryAfterMs: 250 }
    await expect(remote.getTrace(SUMMARY.traceId, never())).rejects.toMatchObject(expected)
  })

  it('brings ids with every character over', async () => {
    const asked: unknown[] = []
    const remote = await over({
      getSpan: async (...args) => {
        asked.push(args.slice(0, 2))
        throw new SourceError('not-found', 'none')
      },
    })
    const ids = ['a/b', 'c?d#e', '100%', '%2F', 'ü 😀', '..x', '&=+']
    for (const id of ids) await remote.getSpan(traceId(id), spanId(id), never()).catch(() => {})
    expect(asked).toEqual(ids.map((id) => [id, id]))
  })

  it('answers what a source does not do itself', async () => {
    const remote = await over({
      count: undefined,
      histogram: undefined,
      suggest: undefined,
      listSessions: undefined,
      listChatbots: undefined,
      listTraces: async () => ({ items: [SUMMARY] }),
    } as unknown as Partial<TraceSource>)
    expect(await remote.count?.(EVERYTHING, never())).toEqual({
      value: { count: 1, complete: true },
      scanned: { traces: 1, from: SUMMARY.startTime, to: SUMMARY.startTime, complete: true },
    })
    expect((await remote.listSessions?.(EVERYTHING, { limit: 5 }, never()))?.items[0]?.id).toBe('s-1')
    expect((await remote.listChatbots?.(EVERYTHING, never()))?.items[0]?.id).toBe('transfers')
    const suggested = await remote.suggest?.('session', '', EVERYTHING, never())
    expect(suggested?.scanned?.traces).toBe(1)
    expect(suggested?.items.map(({ value }) => value)).toEqual(['s-1'])
  })

  it('passes an abort on, with its reason, in both directions', async () => {
    let seen: AbortSignal | undefined
    const remote = await over({
      getTrace: (_id, signal) => {
        seen = signal
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    })
    const controller = new AbortController()
    const asked = remote.getTrace(SUMMARY.traceId, controller.signal)
    await expect.poll(() => seen).toBeDefined()
    const reason = new Error('not needed any more')
    controller.abort(reason)
    await expect(asked).rejects.toBe(reason)
    await expect.poll(() => seen?.aborted).toBe(true)
    await expect(remote.getTrace(SUMMARY.traceId, controller.signal)).rejects.toBe(reason)
  })

  it('says that a gateway cannot be reached', async () => {
    const remote = remoteSource(oneTraceSource().source.info, { baseUrl: 'http://127.0.0.1:1' })
    await expect(remote.getTrace(SUMMARY.traceId, never())).rejects.toMatchObject({ kind: 'unreachable' })
  })

  it.each([
    [200, 'no JSON', 'bad-reply', 'what is no JSON'],
    [200, '{"traceId":7}', 'bad-reply', 'not as agreed: traceId'],
    [401, '<html>', 'unauthorized', 'answered 401'],
    [403, '', 'forbidden', 'answered 403'],
    [404, '{}', 'not-found', 'answered 404'],
    [429, '', 'rate-limited', 'answered 429'],
    [502, '', 'unreachable', 'answered 502'],
    [503, '', 'unreachable', 'answered 503'],
    [504, '', 'timeout', 'answered 504'],
    [500, '{"error":{"kind":"internal","message":"it broke"}}', 'bad-reply', 'it broke'],
    [418, '', 'bad-reply', 'answered 418'],
  ] as const)('reads %i %s as %s', async (status, body, kind, message) => {
    const remote = await answering(status, body)
    const failure = await remote.getTrace(SUMMARY.traceId, never()).catch((error) => error)
    expect(failure).toMatchObject({ name: 'SourceError', kind })
    expect(failure.message).toContain(message)
  })

  it('reads how long to wait from a proxy as well', async () => {
    const remote = await answering(429, '', { 'retry-after': '3' })
    const failure = remote.getTrace(SUMMARY.traceId, never())
    await expect(failure).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 3000 })
  })

  it('refuses columns that do not fit together', async () => {
    const columns = { ...encodeSpanColumns({ spans: [OUTLINE], complete: true }), name: [4] }
    const remote = await answering(200, JSON.stringify(columns))
    await expect(remote.getSpans(SUMMARY.traceId, never())).rejects.toMatchObject({
      kind: 'bad-reply',
      message: expect.stringContaining('name: there is no entry 4'),
    })
  })
})
