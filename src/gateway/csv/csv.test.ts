import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Trace } from '../../domain/model/trace.ts'
import { micros, traceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { CSV_HEADER } from '../../domain/query/columns.ts'
import { NO_FILES } from '../api/static-files.ts'
import { MemorySink } from '../ingest/testing/memory-sink.ts'
import { readConfig } from '../settings/config.ts'
import { type RunningGateway, startGateway } from '../start-gateway.ts'
import { oneTraceSource, SUMMARY } from '../testing/one-trace-source.ts'
import { csvRecord } from './csv.ts'

const { config } = readConfig({ PORT: '0', OTLP_HTTP_PORT: 'off', OTLP_GRPC_PORT: 'off' })
const running: RunningGateway[] = []
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close(100)
})

async function gatewayOver(override: Partial<TraceSource>) {
  const { source, asked } = oneTraceSource('local', override)
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
  running.push(gateway)
  return {
    api: `${gateway.address}/api/v1`,
    csv: `${gateway.address}/api/v1/sources/local/traces.csv`,
    asked,
  }
}

const turn = (index: number, change: Partial<Trace> = {}): Trace => ({
  ...SUMMARY,
  traceId: traceId(`t${index}`),
  startTime: micros(SUMMARY.startTime - index),
  output: `answer ${index}`,
  spans: null,
  ...change,
})

/** Batches of turns; counts how many were asked for and whether the reading was stopped. */
function batches(
  count: number,
  size: number,
  change: Partial<Trace> = {},
  failAt = Number.POSITIVE_INFINITY,
) {
  const seen = { asked: 0, stopped: false, signal: undefined as AbortSignal | undefined }
  async function* streamTraces(_query: unknown, signal: AbortSignal): AsyncGenerator<readonly Trace[]> {
    seen.signal = signal
    try {
      for (let batch = 0; batch < count; batch++) {
        if (batch === failAt) throw new SourceError('unreachable', 'the backend went away')
        seen.asked = batch + 1
        yield Array.from({ length: size }, (_, index) => turn(batch * size + index, change))
        signal.throwIfAborted()
      }
    } finally {
      seen.stopped = true
    }
  }
  return { streamTraces, seen }
}

/** Asks by plain HTTP: what came, and whether the body came to a proper end. */
function download(
  url: string,
  options: { stallAfter?: number; until?: Promise<void>; dropAfter?: number } = {},
) {
  return new Promise<{ status: number; body: string; whole: boolean }>((resolve, reject) => {
    const sent = request(url, (response) => {
      const parts: Buffer[] = []
      let length = 0
      const settle = () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(parts).toString(),
          whole: response.complete,
        })
      response.on('data', (part: Buffer) => {
        parts.push(part)
        length += part.length
        if (options.stallAfter !== undefined && length >= options.stallAfter) {
          response.pause()
          options.until?.then(() => response.resume())
        }
        if (options.dropAfter !== undefined && length >= options.dropAfter) sent.destroy()
      })
      response.on('close', settle)
      response.on('error', () => {})
    })
    sent.on('error', (error) => (options.dropAfter === undefined ? reject(error) : undefined))
    sent.end()
  })
}

const LARGE: Partial<Trace> = { input: 'x'.repeat(20_000) }

describe('a record', () => {
  it('is quoted as RFC 4180 has it', () => {
    expect(csvRecord(['a', 'b "c"', 'd,e', 'f\r\ng', '', ' h '])).toBe('a,"b ""c""","d,e","f\r\ng",, h \r\n')
  })

  it('is read back by a CSV reader, whatever the cells', () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', ',', '\r\n', '\n', '""', ' '))
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 6 }), (cells) => {
        expect(parse(csvRecord(cells), { record_delimiter: '\r\n' })).toEqual([cells])
      }),
    )
  })
})

describe('the export', () => {
  it('is a file with mark, header and two rows a turn, of what the filters find', async () => {
    const { streamTraces, seen } = batches(2, 2)
    const queries: unknown[] = []
    const { csv } = await gatewayOver({
      streamTraces: (query, signal) => {
        queries.push(query)
        return streamTraces(query, signal)
      },
    })
    const reply = await fetch(`${csv}?chatbot=a&sort=duration`)
    expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(reply.headers.get('content-disposition')).toMatch(
      /^attachment; filename="turnscope-local-\d{8}T\d{4}Z\.csv"$/,
    )
    expect(reply.headers.get('x-turnscope-total-traces')).toBe('1')
    const bytes = Buffer.from(await reply.arrayBuffer())
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const lines = bytes.toString('utf8').slice(1).split('\r\n')
    expect(lines[0]).toBe(CSV_HEADER.join(','))
    expect(lines).toHaveLength(1 + 2 * 4 + 1)
    expect(lines[1]).toMatch(/^t0,2023-11-14T22:13:20Z,input,hello,Transfers,12,s-1,/)
    expect(lines[2]).toMatch(/^t0,2023-11-14T22:13:21\.500Z,ai,answer 0,/)
    expect(queries).toMatchObject([
      { conditions: [{ field: 'chatbot', values: ['a'] }], sort: { field: 'duration', descending: false } },
    ])
    expect(seen.stopped).toBe(true)
  })

  it('of a source that does not stream fetches every trace', async () => {
    const { csv } = await gatewayOver({ listTraces: async () => ({ items: [SUMMARY] }) })
    expect((await (await fetch(csv)).text()).split('\r\n')).toHaveLength(3)
  })

  it('of nothing is the header', async () => {
    const { csv } = await gatewayOver({ streamTraces: batches(0, 0).streamTraces })
    expect(await (await fetch(csv)).text()).toBe(`${CSV_HEADER.join(',')}\r\n`)
  })

  it('refuses what it does not know', async () => {
    const { csv, api } = await gatewayOver({})
    for (const search of ['?colour=red', '?limit=5', '?export=a/b']) {
      expect([search, (await fetch(csv + search)).status]).toEqual([search, 400])
    }
    expect((await fetch(`${api}/sources/none/traces.csv`)).status).toBe(404)
    expect((await fetch(`${api}/exports/none`)).status).toBe(404)
    expect((await fetch(`${api}/exports/none`, { method: 'DELETE' })).status).toBe(404)
  })

  it('that fails at once has the status that says so', async () => {
    const { csv } = await gatewayOver({ streamTraces: batches(3, 1, {}, 0).streamTraces })
    const reply = await fetch(csv)
    expect(reply.status).toBe(502)
    expect(await reply.json()).toEqual({ error: { kind: 'unreachable', message: 'the backend went away' } })
  })

  it('that fails midway breaks the connection', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { streamTraces, seen } = batches(9, 10, LARGE, 5)
    const { csv, api } = await gatewayOver({ streamTraces })
    const { status, body, whole } = await download(`${csv}?export=mine`)
    expect(status).toBe(200)
    expect(body.length).toBeGreaterThan(20_000)
    expect(body).not.toContain('went away')
    expect(whole).toBe(false)
    await expect(fetch(csv).then((reply) => reply.text())).rejects.toThrow('terminated')
    expect(seen.stopped).toBe(true)
    const progress = await (await fetch(`${api}/exports/mine`)).json()
    expect(progress).toMatchObject({ state: 'failed', message: 'the backend went away' })
    log.mockRestore()
  })

  it('stops reading when the reader goes away', async () => {
    const { streamTraces, seen } = batches(10_000, 20, LARGE)
    const { csv, api } = await gatewayOver({ streamTraces })
    await download(`${csv}?export=mine`, { dropAfter: 500_000 })
    await vi.waitFor(() => expect(seen.stopped).toBe(true))
    expect(seen.signal?.aborted).toBe(true)
    expect(seen.asked).toBeLessThan(1000)
    expect(await (await fetch(`${api}/exports/mine`)).json()).toMatchObject({ state: 'cancelled' })
  })

  it('does not read on for a reader that stalls, and can be cancelled even then', async () => {
    const { streamTraces, seen } = batches(10_000, 20, LARGE)
    const { csv, api } = await gatewayOver({ streamTraces })
    let goOn: () => void = () => {}
    const until = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const file = download(`${csv}?export=mine`, { stallAfter: 300_000, until })
    await vi.waitFor(() => expect(seen.asked).toBeGreaterThan(1))
    let asked = -1
    while (asked !== seen.asked) {
      asked = seen.asked
      await delay(200)
    }
    expect(asked).toBeLessThan(200)
    expect(await (await fetch(`${api}/exports/mine`)).json()).toMatchObject({ state: 'running', total: 1 })
    const cancelled = await fetch(`${api}/exports/mine`, { method: 'DELETE' })
    expect(cancelled.status).toBe(204)
    await vi.waitFor(() => expect(seen.stopped).toBe(true))
    goOn()
    expect((await file).whole).toBe(false)
  })

  it('tells how far it is', async () => {
    const { streamTraces } = batches(3, 2)
    const { csv, api } = await gatewayOver({
      streamTraces,
      count: async () => ({ value: { count: 6, complete: true } }),
    })
    await (await fetch(`${csv}?export=mine`)).text()
    const progress = await (await fetch(`${api}/exports/mine`)).json()
    expect(progress).toEqual({ state: 'done', traces: 6, rows: 12, total: 6 })
  })
})
