import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogRecord, Span } from '../domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../domain/model/units.ts'
import { readImport } from './import-formats.ts'
import { decodeLogsJson } from './otlp/decode-logs.ts'
import { decodeTracesJson } from './otlp/decode-traces.ts'
import { DOWNLOAD_FORMATS, type DownloadFormat, writeTrace } from './trace-download.ts'

const CAPTURES = join(import.meta.dirname, 'otlp/fixtures/captures')

async function* inBatches(spans: readonly Span[]) {
  for (let at = 0; at < spans.length; at += 2) yield spans.slice(at, at + 2)
}

async function again(format: DownloadFormat, spans: readonly Span[], logs: readonly LogRecord[] = []) {
  const id = spans[0]?.traceId ?? traceId('none')
  let text = ''
  for await (const part of writeTrace(format, { traceId: id, spans: inBatches(spans), logs })) text += part
  const read = readImport(JSON.parse(text))
  return { text, label: read?.format.id, decoded: read?.decoded }
}

const byId = (spans: readonly Span[] = []) =>
  spans.toSorted((a, b) => (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1))
/** How a span was received is no part of it. */
const bare = ({ problems: _, ...span }: Span): Span => span

const files = (folder: string, kind: string) =>
  readdirSync(join(CAPTURES, folder))
    .filter((name) => name.startsWith(kind) && name.endsWith('.otlp.json'))
    .map((name) => JSON.parse(readFileSync(join(CAPTURES, folder, name), 'utf8')) as unknown)

const folders = readdirSync(CAPTURES).filter((name) => existsSync(join(CAPTURES, name, 'expected.json')))

describe.each(DOWNLOAD_FORMATS)('a trace downloaded as %s', (format) => {
  it.each(folders)('opens again and is equal: %s', async (folder) => {
    const spans = files(folder, 'request-').flatMap((body) => decodeTracesJson(body).spans)
    const { decoded } = await again(format, spans)
    expect(decoded?.rejected).toBe(0)
    expect(byId(decoded?.spans).map(bare)).toEqual(byId(spans).map(bare))
  })

  it('keeps what is odd', async () => {
    const odd: Span = {
      traceId: traceId('5b8efff798038103d269b633813fc60c'),
      spanId: spanId('00f067aa0ba902b7'),
      parentId: spanId('00f067aa0ba902b6'),
      name: 'odd',
      otelKind: 'unspecified',
      startTime: micros(1_772_357_400_123_456),
      duration: null,
      status: { code: 'unset' },
      attributes: {
        error: true,
        list: ['a', 1, null, true],
        deep: { a: { b: [1.5] }, '': 'no name' },
        big: '9007199254740993',
        nothing: null,
        json: '{"text": "not parsed"}',
        'a.b': 0.25,
      },
      events: [{ name: 'exception', time: micros(1_772_357_400_123_460), attributes: { n: [1] } }],
      links: [
        {
          traceId: traceId('5b8efff798038103d269b633813fc60c'),
          spanId: spanId('00f067aa0ba902b8'),
          attributes: { why: 'followed' },
        },
      ],
      resource: { 'service.version': '1', list: ['x'] },
      scope: { name: '', version: '2', attributes: { a: 1 }, schemaUrl: 'https://example.org/schema' },
      traceState: 'a=b',
      flags: 257,
    }
    const ended: Span = {
      ...odd,
      spanId: spanId('00f067aa0ba902b9'),
      parentId: null,
      duration: durationMicros(7),
      status: { code: 'error', message: 'it failed' },
      attributes: { error: 'in words' },
      resource: { 'service.name': 'bot' },
      scope: { name: 'lib' },
    }
    const { decoded } = await again(format, [odd, ended])
    expect(byId(decoded?.spans).map(bare)).toEqual([odd, ended])
  })

  it('without spans is an empty document', async () => {
    const { text } = await again(format, [])
    expect(JSON.parse(text)).toEqual(
      format === 'otlp'
        ? { resourceSpans: [] }
        : {
            data: [{ traceID: expect.stringMatching(/^[0-9a-f]{32}$/), spans: [], processes: {} }],
          },
    )
  })
})

it('OTLP carries the log records beside the spans', async () => {
  const folder = 'otel-openai-v2-2.4b0'
  const spans = files(folder, 'request-').flatMap((body) => decodeTracesJson(body).spans)
  const logs = files(folder, 'logs-').flatMap((body) => decodeLogsJson(body).logs)
  expect(logs.length).toBeGreaterThan(5)
  const { decoded, label } = await again('otlp', spans, logs)
  expect(label).toBe('otlp-traces')
  expect(decoded?.logs).toEqual(logs)
  expect(decoded?.spans).toHaveLength(spans.length)
})
