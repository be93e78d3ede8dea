import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { type TraceId, traceId } from '../../domain/model/units.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { BackendClient } from '../backend/backend-client.ts'
import { type Dialect, JAEGER_PATHS, QueryApi } from './query-api.ts'
import { RECORDED_FROM, RECORDED_TO, type RecordedVersion, serveRecorded } from './testing/recorded-jaeger.ts'

const never = new AbortController().signal

const sent = new Map<string, Span>()
// Sent twice, a span is kept as it came first.
for (const span of decodeTracesJson(
  JSON.parse(readFileSync(new URL('../../formats/fixtures/jaeger/edge.otlp.json', import.meta.url), 'utf8')),
).spans)
  if (!sent.has(span.traceId + span.spanId)) sent.set(span.traceId + span.spanId, span)

/** What of a span comes back otherwise than it was sent, and why. */
type Lost = Readonly<Record<string, string>>

const WARNED: Lost = { problems: 'what Jaeger warns of stands among them' }
const FLAT: Lost = {
  'attributes.arr': 'lists come as JSON text',
  'attributes.arr.empty': 'lists come as JSON text',
  'attributes.kvlist': 'objects come as JSON text',
  'links.attributes': 'links lose their attributes',
  flags: 'flags are not kept',
}
const SHADOWED: Lost = { 'attributes.span.kind': 'an attribute of that name gives way to the kind' }

const CASES: readonly (readonly [RecordedVersion, Dialect, Lost])[] = [
  ['v2.13-memory', 'legacy', { ...WARNED, ...FLAT }],
  ['v2.13-memory', 'v3', WARNED],
  ['v2.20-memory', 'legacy', { ...WARNED, ...FLAT }],
  ['v2.20-memory', 'v3', WARNED],
  ['v2.20-badger', 'legacy', { ...WARNED, ...FLAT, ...SHADOWED }],
  ['v2.20-badger', 'v3', { ...WARNED, ...FLAT, ...SHADOWED }],
  ['main-memory', 'v3', WARNED],
]

const named = (name: string, values: Span['attributes']) =>
  Object.entries(values).map(([key, value]) => [`${name}.${key}`, value] as const)

/** Everything that a span says, each under a name of its own. */
function partsOf({ attributes, resource, links, scope, status, ...span }: Span): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(span),
    ...named('attributes', attributes),
    ...named('resource', resource),
    ['scope', scope],
    ['status', status],
    ['links', links.map(({ traceId, spanId }) => [traceId, spanId])],
    ['links.attributes', links.map((link) => link.attributes)],
  ])
}

describe.each(CASES)('spans by Jaeger %s in %s', (version, dialect, lost) => {
  let server: Awaited<ReturnType<typeof serveRecorded>>
  let api: QueryApi
  let found: ReadonlyMap<TraceId, readonly Span[]>
  let came: readonly Span[] = []
  beforeAll(async () => {
    server = await serveRecorded(version)
    const address = { baseUrl: server.url, paths: JAEGER_PATHS, headers: {}, secrets: [] }
    api = new QueryApi(new BackendClient(address), dialect)
    const [from, to] = [RECORDED_FROM * 1000, RECORDED_TO * 1000]
    found = (await api.search({ service: 'edge-bot' }, from, to, 1000, never)).traces
    came = [...found.values()].flat()
  })
  afterAll(() => {
    server.close()
    expect(server.refused).toEqual([])
  })

  it('are as they were sent, but for what is declared lost', () => {
    expect(came.length).toBeGreaterThan(10)
    const differing = new Set<string>()
    for (const span of came) {
      const wanted = sent.get(span.traceId + span.spanId)
      if (!wanted) throw new Error(`span ${span.spanId} of trace ${span.traceId} was never sent`)
      const [given, told] = [partsOf(span), partsOf(wanted)]
      for (const name of new Set([...given.keys(), ...told.keys()])) {
        if (name in lost && JSON.stringify(given.get(name)) !== JSON.stringify(told.get(name)))
          differing.add(name)
        else
          expect({ span: span.spanId, name, value: given.get(name) }).toEqual({
            span: span.spanId,
            name,
            value: told.get(name),
          })
      }
    }
    // What is declared lost and comes back whole is none.
    expect([...differing].sort()).toEqual(Object.keys(lost).sort())
  })

  it('are the same where their trace is asked for by its id', async () => {
    // Of the newer API one such reply was recorded.
    for (const last of dialect === 'legacy' ? ['1', '2', '4', '5', '6', '8', '9'] : ['1']) {
      const id = traceId(`ed6e${last.padStart(28, '0')}`)
      const spans = (await api.trace(id, never)).traces.get(id) ?? []
      const ordered = (all: readonly Span[]) => [...all].sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
      expect(spans.length).toBeGreaterThan(0)
      // What has no service is not found by one.
      const asSent = [...sent.values()].filter((span) => span.traceId === id)
      const wanted = found.get(id) ?? asSent.map(({ flags: _, ...span }) => span)
      expect(ordered(spans)).toEqual(ordered(wanted))
    }
  })
})
