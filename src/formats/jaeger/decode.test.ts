import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AttributeValue, Span } from '../../domain/model/span.ts'
import { readImport } from '../import-formats.ts'
import { decodeTracesJson } from '../otlp/decode-traces.ts'
import { decodeJaegerTraces } from './decode.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/jaeger/${name}`, import.meta.url), 'utf8'))

const imported = (name: string) => {
  const found = readImport(read(name))
  if (!found) throw new Error(`${name} is of no format`)
  return { id: found.format.id, ...found.decoded }
}

const byId = (spans: readonly Span[]) =>
  [...spans].sort((a, b) => (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1))

/** Legacy JSON writes lists and objects as JSON, and badger gives v3 the same. */
const flat = (value: AttributeValue | undefined): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value

const flatAll = (attributes: Span['attributes']) =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => key !== 'opentracing.ref_type' && key !== 'span.kind')
      .map(([key, value]) => [key, flat(value)]),
  )

/** What both dialects tell of a span: links lose their attributes, flags stand in one alone, warnings differ in words. */
const told = ({ flags: _flags, problems, ...span }: Span) => ({
  ...span,
  problems: problems?.length ?? 0,
  attributes: flatAll(span.attributes),
  resource: flatAll(span.resource),
  events: [...span.events]
    .map((event) => ({ ...event, attributes: flatAll(event.attributes) }))
    .sort((a, b) => a.time - b.time),
  links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
})

describe.each(['v2.13-memory', 'v2.20-memory', 'v2.20-badger'])('Jaeger %s', (server) => {
  it.each([
    ['search-edge', 'v3-search-edge'],
    ['search-rasa', 'v3-search-rasa-snake'],
    ['trace-short-id', 'v3-trace-short-id'],
  ])('reads %s as %s', (legacy, v3) => {
    const one = imported(`${server}/${legacy}.json`)
    const other = imported(`${server}/${v3}.json`)
    expect([one.id, other.id]).toEqual(['jaeger', 'jaeger-v3'])
    expect([one.rejected, other.rejected]).toEqual([0, 0])
    expect(one.spans.length).toBeGreaterThan(0)
    expect(byId(one.spans).map(told)).toEqual(byId(other.spans).map(told))
  })

  it('reads what was sent', () => {
    const sent = decodeTracesJson(read('edge.otlp.json')).spans
    for (const span of imported(`${server}/search-edge.json`).spans) {
      const original = sent.find((one) => one.traceId === span.traceId && one.spanId === span.spanId)
      expect(original).toBeDefined()
      if (!original) continue
      expect(span.name).toBe(original.name)
      expect(span.parentId).toBe(original.parentId)
      expect(span.startTime).toBe(original.startTime)
      expect(span.status).toEqual(original.status)
      expect(span.otelKind).toBe(original.otelKind)
      expect(flatAll(span.attributes)).toEqual(flatAll(original.attributes))
    }
  })
})

describe('Jaeger’s legacy JSON', () => {
  const span = (change: object) => ({
    traceID: '1234abcd',
    spanID: 'a',
    operationName: 'work',
    references: [],
    startTime: 1_700_000_000_000_000,
    duration: 5,
    tags: [],
    logs: [],
    processID: 'p1',
    ...change,
  })
  const one = (change: object) =>
    decodeJaegerTraces([{ spans: [span(change)], processes: { p1: { serviceName: 's', tags: [] } } }])
  const ref = (refType: string, traceID: string, spanID: string) => ({ refType, traceID, spanID })

  it('fills ids with zeros', () => {
    expect(one({}).spans[0]).toMatchObject({
      traceId: '0000000000000000000000001234abcd',
      spanId: '000000000000000a',
      resource: { 'service.name': 's' },
    })
  })

  it.each([
    ['a child', [ref('CHILD_OF', '1234abcd', 'b')], [], '000000000000000b', 0],
    [
      'a child beside a link',
      [ref('FOLLOWS_FROM', '1234abcd', 'c'), ref('CHILD_OF', '1234abcd', 'b')],
      [],
      '000000000000000b',
      1,
    ],
    ['OpenTracing’s follower', [ref('FOLLOWS_FROM', '1234abcd', 'b')], [], '000000000000000b', 0],
    [
      'OpenTelemetry’s link',
      [ref('FOLLOWS_FROM', '1234abcd', 'b')],
      [{ key: 'otel.scope.name', value: 'x' }],
      null,
      1,
    ],
    ['another trace’s', [ref('CHILD_OF', '9', 'b')], [], null, 1],
  ])('knows the parent of %s', (_, references, tags, parentId, links) => {
    const [read] = one({ references, tags }).spans
    expect(read?.parentId).toBe(parentId)
    expect(read?.links).toHaveLength(links)
  })

  it.each([
    [[{ key: 'error', type: 'bool', value: true }], 'error', {}],
    [[{ key: 'error', type: 'string', value: 'true' }], 'error', {}],
    [[{ key: 'error', type: 'string', value: 'boom' }], 'error', { error: 'boom' }],
    [[{ key: 'error', type: 'bool', value: false }], 'unset', { error: false }],
    [[{ key: 'otel.status_code', type: 'string', value: 'OK' }], 'ok', {}],
    [
      [
        { key: 'n', type: 'int64', value: '12' },
        { key: 'big', type: 'int64', value: '9223372036854775807' },
      ],
      'unset',
      { n: 12, big: '9223372036854775807' },
    ],
  ])('reads the tags %o', (tags, code, attributes) => {
    const [read] = one({ tags }).spans
    expect(read?.status.code).toBe(code)
    expect(read?.attributes).toEqual(attributes)
  })

  it('says each warning once, and is total on what makes no sense', () => {
    expect(one({ warnings: ['w', 'w', 7] }).spans[0]?.problems).toEqual(['Jaeger: w'])
    const odd = decodeJaegerTraces([
      {
        spans: [7, null, span({ traceID: 'xyz' }), span({ tags: 'none', logs: [{}], processID: 9 })],
        processes: [],
      },
    ])
    expect(odd.spans).toHaveLength(1)
    expect(odd.rejected).toBe(1)
    expect(odd.problems.join()).toContain('its trace id is "xyz"')
  })
})

describe('what API v3 gives', () => {
  const exported = (resource: object, ...events: readonly object[]) => ({
    result: {
      resourceSpans: [
        {
          resource,
          scopeSpans: [
            {
              spans: ['a', 'b'].map((last) => ({
                traceId: '1'.repeat(32),
                spanId: last.padStart(16, '0'),
                name: 'turn',
                startTimeUnixNano: '1750000000000000000',
                endTimeUnixNano: '1750000000100000000',
                events,
              })),
            },
          ],
        },
      ],
    },
  })
  const read = (document: unknown) => readImport(document)?.decoded.spans ?? []
  const named = (name: string) => ({
    attributes: ['service.name', 'host.name'].map((key) => ({ key, value: { stringValue: name } })),
  })

  it('has events in no order: they are put in one, those of one moment left as they came', () => {
    const at = (name: string, micros: number) => ({ name, timeUnixNano: `17500000000000${micros}000` })
    const spans = read(exported({}, at('c', 30), at('a', 10), at('b', 20), at('a2', 10)))
    expect(spans.map(({ events }) => events.map(({ name }) => name))).toEqual([
      ['a', 'a2', 'b', 'c'],
      ['a', 'a2', 'b', 'c'],
    ])
  })

  it('names a service that has no name: it is none of the recorder’s', () => {
    const [first, second] = read(exported(named('missing-service-name')))
    expect(first?.resource).toEqual({ 'host.name': 'missing-service-name' })
    expect(second?.resource).toBe(first?.resource)
    expect(read(exported(named('bot')))[0]?.resource).toMatchObject({ 'service.name': 'bot' })
  })
})
