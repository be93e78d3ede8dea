import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import type { LogRecord, Span } from '../../domain/model/span.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { openStore } from '../../sources/store/store.ts'
import { createApp } from '../api/app.ts'
import { NO_FILES } from '../api/static-files.ts'
import type { SpanSink } from '../ingest/door/span-sink.ts'
import { readConfig } from '../settings/config.ts'
import { MAX_DOCUMENT_BYTES, readDocuments } from './document-reader.ts'
import { importFile } from './import-file.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../formats/fixtures/${name}`, import.meta.url), 'utf8')

const EDGE = fixture('jaeger/edge.otlp.json')
const ONE_LINE = JSON.stringify(JSON.parse(EDGE))

function memorySink(override: Partial<SpanSink> = {}) {
  const spans: Span[] = []
  const logs: LogRecord[] = []
  const sink: SpanSink = {
    addSpans: async (more) => void spans.push(...more),
    addLogs: async (more) => void logs.push(...more),
    ...override,
  }
  return { sink, spans, logs }
}

function appOver(sink: SpanSink, settings: Record<string, string> = {}) {
  const { config } = readConfig(settings)
  return createApp({
    host: config.host,
    access: config.access,
    sources: () => [],
    files: NO_FILES,
    imports: { sink, readOnly: config.readOnly },
  })
}

async function send(
  sink: SpanSink,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const reply = await appOver(sink).request('http://127.0.0.1:4320/api/v1/import', {
    method: 'POST',
    body,
    headers,
  })
  const lines = (await reply.text()).trim().split('\n')
  return { status: reply.status, lines: lines.map((line) => JSON.parse(line)) }
}

describe('an opened file', () => {
  it.each([
    ['OTLP JSON, printed over many lines', JSON.stringify(JSON.parse(EDGE), null, 2), 'otlp-traces', 78],
    ['OTLP JSON on one line', ONE_LINE, 'otlp-traces', 78],
    ['OTLP JSON lines', `${ONE_LINE}\n\n${ONE_LINE}\n`, 'otlp-traces', 156],
    ['packed', gzipSync(ONE_LINE), 'otlp-traces', 78],
    ['with a byte order mark', `\uFEFF${ONE_LINE}`, 'otlp-traces', 78],
    ['Jaeger', fixture('jaeger/v2.20-memory/search-rasa.json'), 'jaeger', 171],
    ['Jaeger v3', fixture('jaeger/v2.20-memory/v3-search-edge.json'), 'jaeger-v3', 12],
    ['Langfuse', fixture('langfuse/v2.95.12/trace_detail.json'), 'langfuse', 5],
    [
      'Langfuse observations',
      fixture('langfuse/v4.16.0/v2_observations_by_trace_allfields.json'),
      'langfuse-observations',
      5,
    ],
  ])('%s comes in', async (_, body, format, count) => {
    const { sink, spans } = memorySink()
    const { status, lines } = await send(sink, body)
    expect(status).toBe(200)
    const done = lines.at(-1)
    expect(done).toMatchObject({ type: 'done', spans: count, rejected: 0, problems: [] })
    expect(Object.keys(done.formats)).toEqual([format])
    expect(done.bytes).toBe(Buffer.byteLength(body))
    expect(spans).toHaveLength(count)
    expect(done.traces).toBe(new Set(spans.map((span) => span.traceId)).size)
    expect(done.traceIds[0]).toBe(spans[0]?.traceId)
    expect(done.from).toBe(Math.min(...spans.map((span) => span.startTime)))
  })

  it('of logs comes in', async () => {
    const { sink, logs } = memorySink()
    const record = {
      traceId: '5b8efff798038103d269b633813fc60c',
      timeUnixNano: '1',
      body: { stringValue: 'x' },
    }
    const { lines } = await send(
      sink,
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
    )
    expect(lines.at(-1)).toMatchObject({ type: 'done', logs: 1 })
    expect(logs).toHaveLength(1)
  })

  it('keeps what is right of a damaged one, and says what was wrong', async () => {
    const { sink, spans } = memorySink()
    const { lines } = await send(sink, `{"broken\n${ONE_LINE}\n{"a":1}\nnothing\n${ONE_LINE}`)
    expect(lines.at(-1)).toMatchObject({ type: 'done', documents: 2, rejected: 3 })
    expect(lines.at(-1).problems).toEqual([
      'a line that is no JSON (line 1)',
      'a document of no known format (line 3)',
      'a line that is no JSON (line 4)',
    ])
    expect(spans).toHaveLength(156)
  })

  it.each([
    ['nothing', '', 'of no known format'],
    ['a text', 'hello there\nand more', 'neither JSON nor JSON lines'],
    ['half a document', ONE_LINE.slice(0, 500), 'neither JSON nor JSON lines'],
    ['another JSON', '{"hello":1}', 'of no known format; known are OTLP JSON'],
    ['damaged gzip', gzipSync(ONE_LINE).subarray(0, 300), 'its gzip cannot be unpacked'],
  ])('that is %s is refused at once', async (_, body, message) => {
    const { status, lines } = await send(memorySink().sink, body)
    expect(status).toBe(400)
    expect(lines[0].error).toMatchObject({ kind: 'bad-request', message: expect.stringContaining(message) })
  })

  it.each([
    ['empty groups', '{"resourceSpans":[', '{}', ']}', 500_001, 'more than 500,000 items in one list'],
    [
      'one more observation than is read',
      '{"id":"t","timestamp":"2026-11-01T00:00:00Z","observations":[',
      '{"id":"o"}',
      ']}',
      500_001,
      'more than 500,000 items in one list',
    ],
    [
      'lists of lists',
      '[',
      '[[[[[[[[]]]]]]]]',
      ']',
      500_000,
      'more than 4,000,000 lists and objects in one document',
    ],
  ])(
    'of %s is refused for what it holds, and told how it can be read',
    async (_, before, unit, after, times, bound) => {
      const body = `${before}${`${unit},`.repeat(times - 1)}${unit}${after}`
      const { status, lines } = await send(memorySink().sink, body)
      expect(status).toBe(400)
      expect(lines[0].error.message).toBe(
        `the file cannot be read: ${bound}; as JSON lines a file may have any size`,
      )
      const within = `${before}${`${unit},`.repeat(99)}${unit}${after}`
      expect(JSON.stringify((await send(memorySink().sink, within)).lines)).not.toContain('more than')
    },
  )

  it('says that it is being stored while that takes long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    try {
      let stored = (): void => {}
      const addSpans = () =>
        new Promise<void>((resolve) => {
          stored = resolve
        })
      const { sink } = memorySink({ addSpans })
      const events = importFile(Readable.from([Buffer.from(ONE_LINE)]), sink, new AbortController().signal)
      expect((await events.next()).value).toMatchObject({
        type: 'progress',
        report: { documents: 1, spans: 0 },
      })
      const second = events.next()
      await vi.advanceTimersByTimeAsync(2_001)
      expect((await second).value).toMatchObject({ type: 'progress', report: { documents: 1, spans: 0 } })
      stored()
      expect((await events.next()).value).toMatchObject({ type: 'done', report: { spans: 78 } })
    } finally {
      vi.useRealTimers()
    }
  })

  it('of a form is refused with how to send it', async () => {
    const { status, lines } = await send(memorySink().sink, 'x', {
      'content-type': 'multipart/form-data; boundary=y',
    })
    expect([status, lines[0].error.message]).toEqual([
      400,
      'the file is sent as the body itself, not as a part of a form',
    ])
  })

  it('waits for a busy store, and says how it failed where that fails', async () => {
    let refused = 0
    const { sink, spans } = memorySink()
    const busy: SpanSink = {
      ...sink,
      addSpans: async (more) => {
        if (refused++ < 2) throw new SourceError('rate-limited', 'busy', { retryAfterMs: 5 })
        await sink.addSpans(more)
      },
    }
    expect((await send(busy, ONE_LINE)).lines.at(-1)).toMatchObject({ type: 'done', spans: 78 })
    expect(spans).toHaveLength(78)
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = memorySink({ addSpans: () => Promise.reject(new Error('the disk is full')) })
    // What is flushed at the end fails after a document was recognised.
    const many = Array.from({ length: 60 }, () => ONE_LINE).join('\n')
    const { status, lines } = await send(broken.sink, many)
    expect(status === 500 || lines.at(-1).type === 'error').toBe(true)
    expect(JSON.stringify(lines)).not.toContain('disk')
    expect(String(log.mock.calls)).toContain('the disk is full')
    log.mockRestore()
  })

  it('is taken from readers and senders alone, and not by a read-only explorer', async () => {
    const ask = async (settings: Record<string, string>, headers: Record<string, string>) => {
      const app = appOver(memorySink().sink, settings)
      const host = settings.HOST === undefined ? '127.0.0.1' : '10.0.0.1'
      const init = { method: 'POST', body: ONE_LINE, headers: { host: `${host}:4320`, ...headers } }
      return (await app.request(`http://${host}:4320/api/v1/import`, init)).status
    }
    const beyond = {
      HOST: '0.0.0.0',
      TURNSCOPE_TOKEN: 'reader-token-0123456789',
      TURNSCOPE_INGEST_TOKEN: 'sender',
    }
    expect(await ask({}, {})).toBe(200)
    expect(await ask({}, { origin: 'http://evil.example' })).toBe(403)
    expect(await ask({ TURNSCOPE_READ_ONLY: '1' }, {})).toBe(403)
    expect(await ask(beyond, {})).toBe(401)
    expect(await ask(beyond, { authorization: 'Bearer sender' })).toBe(200)
    expect(await ask(beyond, { authorization: 'Bearer reader-token-0123456789' })).toBe(200)
    expect(await ask(beyond, { authorization: 'Bearer other' })).toBe(401)
  })

  it('changes nothing when it comes again', async () => {
    const store = await openStore({ directory: mkdtempSync(join(tmpdir(), 'turnscope-import-')) })
    const never = new AbortController().signal
    const state = async () => {
      const query = {
        ...EVERYTHING,
        conditions: [{ field: 'kind', operator: 'is', values: ['any'] }],
      } as const
      const { items } = await store.source.listTraces(query, { limit: 1000 }, never)
      return items
    }
    try {
      const files = ['jaeger/v2.20-memory/search-rasa.json', 'langfuse/v2.95.12/trace_detail.json'].map(
        fixture,
      )
      for (const file of [...files, EDGE]) expect((await send(store, file)).lines.at(-1).type).toBe('done')
      const before = await state()
      expect(before.length).toBeGreaterThan(40)
      for (const file of [...files, EDGE]) await send(store, file)
      expect(await state()).toEqual(before)
    } finally {
      await store.close()
    }
  })
})

describe('a large file', () => {
  /** Lines of one span each, made as they are asked for. */
  async function* large(lines: number, seen: { made: number }): AsyncGenerator<Uint8Array> {
    const document = JSON.parse(ONE_LINE)
    document.resourceSpans = document.resourceSpans.slice(0, 1)
    document.resourceSpans[0].scopeSpans[0].spans.length = 1
    const line = Buffer.from(`${JSON.stringify(document)}\n`)
    for (; seen.made < lines; seen.made++) {
      // Cut where it happens to fall, as a network does.
      yield line.subarray(0, 100)
      yield line.subarray(100)
    }
  }

  it('is read no faster than it is stored, with progress', async () => {
    const seen = { made: 0 }
    let stored = 0
    let ahead = 0
    const { sink } = memorySink({
      addSpans: async (spans) => {
        await new Promise((resolve) => setTimeout(resolve, 2))
        stored += spans.length
        ahead = Math.max(ahead, seen.made - stored)
      },
    })
    const types: string[] = []
    for await (const event of importFile(large(20_000, seen), sink, new AbortController().signal)) {
      types.push(event.type)
      if (event.type === 'done')
        expect(event.report).toMatchObject({ documents: 20_000, spans: 20_000, traces: 1 })
    }
    expect(stored).toBe(20_000)
    expect(ahead).toBeLessThan(16_000)
    expect(types.at(-1)).toBe('done')
    expect(types[0]).toBe('progress')
  })

  it('stops when its sender goes away', async () => {
    const gone = new AbortController()
    const { sink } = memorySink({ addSpans: async () => gone.abort(new Error('gone')) })
    const events = importFile(large(1e9, { made: 0 }), sink, gone.signal)
    await expect(
      (async () => {
        for await (const _ of events);
      })(),
    ).rejects.toThrow('gone')
  })

  it.each([
    ['lines of nothing', '{}\n', 200_000, /more than 200000 lines in a row hold no trace/],
    ['empty documents', '{"resourceSpans":[]}\n', 200_000, /more than 200000 lines in a row hold no trace/],
    ['blank lines', '\n', 1_000_000, /more than 1000000 blank lines/],
  ])('of %s ends at a bound, and not before', async (_of, line, most, why) => {
    const { signal } = new AbortController()
    const kept = memorySink()
    const body = `${ONE_LINE}\n${line.repeat(most)}`
    for await (const _ of importFile(Readable.from([Buffer.from(body)]), kept.sink, signal));
    expect(kept.spans.length).toBeGreaterThan(0)
    const refused = memorySink()
    const more = Readable.from([Buffer.from(`${body}${line}${ONE_LINE}\n`)])
    const reading = async () => {
      for await (const _ of importFile(more, refused.sink, signal));
    }
    await expect(reading()).rejects.toThrow(why)
    if (most === 200_000) expect(refused.spans.length).toBe(kept.spans.length)
  })

  it('of one document beyond the bound is refused with what to do', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const part = Buffer.alloc(1_048_576, 0x20)
      yield Buffer.from('{\n "a": [\n')
      for (let size = 0; size <= MAX_DOCUMENT_BYTES; size += part.length) yield part
    }
    const read = async () => {
      for await (const _ of readDocuments(endless()));
    }
    await expect(read()).rejects.toThrow('one document holds more than 64 MiB; as JSON lines')
  })
})
