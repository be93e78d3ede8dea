import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { BadJsonError } from '../json-count.ts'
import { inOneGo } from '../otlp/guard/steps.ts'
import { decodeJaegerTraces } from './decode.ts'
import { decodeJaegerV3InSteps } from './decode-v3.ts'
import { holdersInSteps, QueriedSpans, REPLY_SHAPES, spansInSteps } from './query-reply.ts'
import { ReplySplitter, type SpanPiece } from './reply-splitter.ts'

type Dialect = keyof typeof REPLY_SHAPES
const FIXTURES = new URL('../fixtures/jaeger/', import.meta.url)

const bytesOf = (text: string) => new TextEncoder().encode(text)

function split(bytes: Uint8Array, dialect: Dialect, size: number) {
  const splitter = new ReplySplitter(REPLY_SHAPES[dialect].spans)
  const pieces: SpanPiece[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter.push(bytes.subarray(at, at + size)))
  const { last, frame } = splitter.end()
  return { pieces: last ? [...pieces, last] : pieces, frame }
}

function spansIn(bytes: Uint8Array, dialect: Dialect, size: number): readonly Span[] | undefined {
  const shape = REPLY_SHAPES[dialect]
  const { pieces, frame } = split(bytes, dialect, size)
  const holders = inOneGo(holdersInSteps(frame, shape))
  if (holders === undefined) return undefined
  const found = new QueriedSpans()
  for (const piece of pieces) found.add(inOneGo(spansInSteps(piece, holders, shape)))
  return [...found.done().traces.values()].flat()
}

/** The same, from the document as a whole. */
function wanted(bytes: Uint8Array, dialect: Dialect): readonly Span[] {
  const reply = JSON.parse(new TextDecoder().decode(bytes))
  const found = new QueriedSpans()
  found.add(
    dialect === 'legacy'
      ? decodeJaegerTraces(reply.data ?? [])
      : inOneGo(decodeJaegerV3InSteps(reply.result)),
  )
  return [...found.done().traces.values()].flat()
}

const RECORDED = readdirSync(FIXTURES)
  .filter((name) => /^v2|^main/.test(name))
  .flatMap((version) =>
    readdirSync(new URL(`${version}/`, FIXTURES))
      .filter((name) => /^(v3-)?(search|trace)-.*\.json$/.test(name))
      .map((name) => [`${version}/${name}`, name.startsWith('v3-') ? 'v3' : 'legacy'] as const),
  )
  .filter(([path]) => /"(resourceSpans|operationName)"/.test(readFileSync(new URL(path, FIXTURES), 'utf8')))

describe('a reply cut into its spans', () => {
  it('is recorded often enough to be held against', () => {
    expect(RECORDED.filter(([, dialect]) => dialect === 'v3').length).toBeGreaterThan(8)
    expect(RECORDED.filter(([, dialect]) => dialect === 'legacy').length).toBeGreaterThan(8)
  })

  it.each(RECORDED)('reads as the whole document does: %s', (path, dialect) => {
    const bytes = new Uint8Array(readFileSync(new URL(path, FIXTURES)))
    const whole = wanted(bytes, dialect)
    expect(whole.length).toBeGreaterThan(0)
    for (const size of [bytes.length, 65_536, 997]) expect(spansIn(bytes, dialect, size)).toEqual(whole)
  })

  const span = (id: number, name: string) =>
    `{"traceID":"1","spanID":"${id.toString(16)}","operationName":${JSON.stringify(name)},"startTime":1750000000000000,"duration":5,"processID":"p1","tags":[]}`
  const ODD = 'br}{a][ce\\"s, \\ and ä 😀 , ] }'
  const legacy = (spans: readonly string[]) =>
    `{ "data" : [ {"traceID":"1","spans": [ ${spans.join(' ,\n')} ] ,"processes":{"p1":{"serviceName":"b]o}t\\""}}} ] ,"total":0}`

  it.each([1, 2, 3, 7, 64])('wherever its bytes are cut, %i at a time', (size) => {
    const bytes = bytesOf(legacy([span(1, ODD), span(2, 'x'), span(3, '\\')]))
    const spans = spansIn(bytes, 'legacy', size)
    expect(spans?.map(({ name }) => name)).toEqual([ODD, 'x', '\\'])
    expect(spans?.[0]?.resource).toEqual({ 'service.name': 'b]o}t"' })
  })

  it('gives pieces before it has ended, each of spans that are whole', () => {
    const many = Array.from({ length: 5_000 }, (_, at) => span(at + 1, `step ${at} ${'.'.repeat(at % 300)}`))
    const { pieces, frame } = split(bytesOf(legacy(many)), 'legacy', 65_536)
    expect(pieces.length).toBeGreaterThan(3)
    expect(frame.documents[0]?.length).toBeLessThan(200)
    const counts = pieces.map(({ bytes, parts }) => {
      const inIt = JSON.parse(`[${new TextDecoder().decode(bytes)}]`).length
      expect(parts).toEqual([[0, inIt]])
      return inIt
    })
    expect(counts.reduce((sum, count) => sum + count)).toBe(5_000)
  })

  it.each([
    ['legacy', '{"data":[]}'],
    ['legacy', '{"data":null}'],
    ['legacy', '{"data":[{"traceID":"1","spans":[],"processes":{}}]}'],
    ['v3', '{"result":{}}'],
    ['v3', '{"result":{"resourceSpans":[{}]}}\n'],
    ['v3', '{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[]},{"scope":{}}]}]}}'],
  ] as const)('%s: %s holds none', (dialect, text) => {
    expect(spansIn(bytesOf(text), dialect, 5)).toEqual([])
  })

  const v3Span = (id: string) =>
    `{"resourceSpans":[{"schemaUrl":"s","scopeSpans":[{"spans":[{"traceId":"${'1'.repeat(32)}","spanId":"${id}","name":"x","startTimeUnixNano":"1750000000000000000","endTimeUnixNano":"1750000000000000000"}],"scope":{"name":"after"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"late"}}]}}]}`

  it('may be several documents, and say what its spans share behind them', () => {
    const text = `{"result":${v3Span('000000000000000a')}}\n{"result":${v3Span('000000000000000b')}}\n`
    const spans = spansIn(bytesOf(text), 'v3', 50)
    expect(spans?.map(({ spanId, resource, scope }) => [spanId, resource, scope])).toEqual([
      ['000000000000000a', { 'service.name': 'late' }, { name: 'after', schemaUrl: 's' }],
      ['000000000000000b', { 'service.name': 'late' }, { name: 'after', schemaUrl: 's' }],
    ])
  })

  it.each([
    ['legacy', '{}'],
    ['legacy', 'null'],
    ['legacy', '{"data":[{"spans":[]}]}'],
    ['legacy', '{"data":{"spans":[]}}'],
    ['legacy', '{"data":[]}\n{"data":[]}'],
    ['legacy', `{"data":[{"traceID":"1","spans":[${span(1, 'x')}],"spans":[${span(2, 'x')}]}]}`],
    ['v3', '{"result":{"resourceSpans":{}}}'],
    ['v3', `{"result":{}}\n{"error":{"message":"no more"}}`],
    ['v3', '{"result":{"resourceSpans":[{"instrumentationLibrarySpans":[]}]}}'],
    ['v3', '{"data":[]}'],
  ] as const)('%s: %s is no reply', (dialect, text) => {
    expect(spansIn(bytesOf(text), dialect, 9)).toBeUndefined()
  })

  it.each([
    '',
    '<!doctype html><html lang="en"><script>if (a[0]) { b() }</script>',
    legacy([span(1, 'x')]).slice(0, -9),
    legacy([span(1, 'x')]).slice(0, 60),
    legacy([span(1, 'x')]).replace('"x"', '"x'),
    legacy([span(1, 'x')]).replace('"duration":5', '"duration":'),
    legacy([`${span(1, 'x')},`]),
    legacy([`${span(1, 'x')},,${span(2, 'x')}`]),
    legacy([`${span(1, 'x')}${span(2, 'x')}`]),
    legacy(['null']),
    legacy(['{]']),
    `{"data":${'['.repeat(2_000)}`,
  ])('is refused where it is no JSON: %s', (text) => {
    const read = () => {
      const spans = spansIn(bytesOf(text), 'legacy', 11)
      if (spans === undefined) throw new BadJsonError('no reply')
      return spans
    }
    expect(read).toThrow(BadJsonError)
  })
})
