import { describe, expect, it } from 'vitest'
import { decodeLogsJson, decodeLogsProtobuf } from '../decode-logs.ts'
import { type DecodedTraces, decodeTracesJson, decodeTracesProtobuf } from '../decode-traces.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from './otlp-limits.ts'
import { OverLimitError } from './over-limit.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

/** A length-delimited field shorter than 16,384 bytes. */
const field = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const inner = Buffer.concat(content)
  const size = inner.length < 128 ? [inner.length] : [(inner.length & 127) | 128, inner.length >> 7]
  return Buffer.concat([Uint8Array.from([tag, ...size]), inner])
}
const copies = (count: number, unit: Uint8Array): Buffer[] =>
  Array.from({ length: count }, () => Buffer.from(unit))
const ids = [field(10, Buffer.from(TRACE, 'hex')), field(18, Buffer.from(SPAN, 'hex'))]
const protobufOf = (...content: readonly Uint8Array[]) => field(10, field(18, field(18, ...ids, ...content)))
const jsonOf = (content: object) => ({
  resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: TRACE, spanId: SPAN, ...content }] }] }],
})
const items = (count: number, item: object = {}) => Array.from({ length: count }, () => item)
const withLimits = (more: Partial<OtlpLimits>): OtlpLimits => ({ ...DEFAULT_OTLP_LIMITS, ...more })

const EVENT = field(90)
/** An id each, or it is none. */
const LINK = field(106, ...ids)
const LINK_JSON = { traceId: TRACE, spanId: SPAN }

const only = ({ spans, rejected }: DecodedTraces) => {
  expect(rejected).toBe(0)
  const [span] = spans
  if (span === undefined) throw new Error('no span')
  return { events: span.events.length, links: span.links.length, problems: span.problems }
}

describe.each([
  [2, 2, undefined],
  [3, 3, undefined],
  [4, 3, '1'],
  [9, 3, '6'],
])('of %i events and links where 3 are kept', (sent, kept, left) => {
  const said = (what: string) =>
    `${what} beyond the first 3 was left out${left === '1' ? '' : ` (${left} times)`}`
  const problems = left === undefined ? undefined : [said('an event'), said('a link')]
  const expected = { events: kept, links: kept }

  it('protobuf keeps the first', () => {
    const body = protobufOf(...copies(sent, EVENT), ...copies(sent, LINK))
    const read = only(decodeTracesProtobuf(body, withLimits({ listed: 3 })))
    expect(read).toMatchObject(expected)
    expect(read.problems?.filter((one) => one.includes('beyond'))).toEqual(problems ?? [])
  })

  it('JSON keeps the first', () => {
    const body = jsonOf({ events: items(sent), links: items(sent, LINK_JSON) })
    const read = only(decodeTracesJson(body, withLimits({ listed: 3 })))
    expect(read).toMatchObject(expected)
    expect(read.problems?.filter((one) => one.includes('beyond'))).toEqual(problems ?? [])
  })
})

describe('the parts of one span', () => {
  const limits = withLimits({ partsOfRecord: 6 })
  const attribute = (key: string) => field(74, field(10, Buffer.from(key)), field(18, Buffer.from([24, 7])))
  const attributeJson = (key: string) => ({ key, value: { intValue: 7 } })
  const list = (count: number) =>
    field(74, field(10, Buffer.from('list')), field(18, field(42, ...copies(count, field(10)))))

  it.each([
    [5, 5, undefined],
    [6, 6, undefined],
    [7, 6, ['an attribute beyond 6 attributes, events, links and items was left out']],
  ])('%i attributes: %i are kept', (sent, kept, problems) => {
    const keys = Array.from({ length: sent }, (_, at) => `key-${at}`)
    const encodings = [
      decodeTracesProtobuf(protobufOf(...keys.map(attribute)), limits),
      decodeTracesJson(jsonOf({ attributes: keys.map(attributeJson) }), limits),
    ]
    for (const { spans } of encodings) {
      expect(Object.keys(spans[0]?.attributes ?? {})).toEqual(keys.slice(0, kept))
      expect(spans[0]?.problems?.filter((one) => one.includes('beyond'))).toEqual(problems ?? [])
    }
  })

  it('are counted with the items of lists', () => {
    const [span] = decodeTracesProtobuf(protobufOf(list(9), attribute('late')), limits).spans
    expect(span?.attributes).toEqual({ list: [null, null, null, null, null] })
    expect(span?.problems).toContain('an attribute beyond 6 attributes, events, links and items was left out')
  })

  it('are counted anew for each span', () => {
    const span = field(18, ...ids, ...['a', 'b', 'c', 'd'].map(attribute))
    const { spans } = decodeTracesProtobuf(field(10, field(18, span, span, span)), limits)
    expect(spans.map(({ attributes }) => Object.keys(attributes).length)).toEqual([4, 4, 4])
  })
})

describe('a request', () => {
  const read = (body: Uint8Array, more: Partial<OtlpLimits>) => () =>
    decodeTracesProtobuf(body, withLimits(more))

  it.each([
    ['resource groups', (count: number) => Buffer.concat(copies(count, field(10))), items],
    [
      'scope groups',
      (count: number) => field(10, ...copies(count - 1, field(18))),
      (count: number) => [{ scopeSpans: items(count - 1) }],
    ],
  ])('may hold so many %s', (_what, protobuf, json) => {
    for (const count of [4, 5]) {
      expect(read(protobuf(count), { groups: 5 })().rejected).toBe(0)
      expect(decodeTracesJson({ resourceSpans: json(count) }, withLimits({ groups: 5 })).rejected).toBe(0)
      expect(decodeLogsProtobuf(protobuf(count), withLimits({ groups: 5 })).rejected).toBe(0)
    }
    const refused = new OverLimitError('more than 5 resources and scopes in one request')
    expect(read(protobuf(6), { groups: 5 })).toThrow(refused)
    expect(() => decodeTracesJson({ resourceSpans: json(6) }, withLimits({ groups: 5 }))).toThrow(refused)
    expect(() => decodeLogsProtobuf(protobuf(6), withLimits({ groups: 5 }))).toThrow(refused)
    expect(() => decodeLogsJson({ resourceLogs: items(6) }, withLimits({ groups: 5 }))).toThrow(refused)
  })

  it.each([
    ['known', (count: number) => protobufOf(...copies(count, Buffer.from([48, 1])))],
    ['unknown', (count: number) => protobufOf(...copies(count, Buffer.from([0xa0, 0x06, 0])))],
    ['nested', (count: number) => protobufOf(...copies(count, field(90)))],
  ])('may hold so many fields: %s', (_what, body) => {
    // The request, its groups and its span have five fields of their own.
    expect(read(body(19), { fields: 25 })().spans).toHaveLength(1)
    expect(read(body(20), { fields: 25 })().spans).toHaveLength(1)
    expect(read(body(21), { fields: 25 })).toThrow(new OverLimitError('more than 25 fields in one request'))
  })

  it('has spans beyond the limit counted, whether or not those before could be kept', () => {
    const body = (count: number) => field(10, field(18, ...copies(count, field(18))))
    const { rejected, problems } = read(body(9), { records: 4 })()
    expect({ rejected, problems }).toEqual({
      rejected: 9,
      problems: [
        'span rejected: its trace id is none, not 16 bytes other than zero (4 times)',
        '5 spans rejected: a request may hold 4',
      ],
    })
  })

  it('may hold so many parts in all', () => {
    const span = field(18, ...ids, ...copies(4, EVENT))
    const body = (count: number) => field(10, field(18, ...copies(count, span)))
    expect(read(body(5), { parts: 20 })().spans).toHaveLength(5)
    expect(read(body(5), { parts: 21 })().spans).toHaveLength(5)
    expect(read(body(5), { parts: 19 })).toThrow(
      new OverLimitError('more than 19 attributes, events, links and items in one request'),
    )
  })

  it('may bring so many parts that are left out', () => {
    const limits = { listed: 3, leftOut: 5 }
    const refused = new OverLimitError(
      'more than 5 attributes, events, links and items beyond what spans may hold',
    )
    expect(read(protobufOf(...copies(8, EVENT)), limits)().spans[0]?.events).toHaveLength(3)
    expect(read(protobufOf(...copies(9, EVENT)), limits)).toThrow(refused)
    const json = (count: number) => () =>
      decodeTracesJson(jsonOf({ events: items(count) }), withLimits(limits))
    expect(json(8)().spans[0]?.events).toHaveLength(3)
    expect(json(9)).toThrow(refused)
  })

  it('of more than ten times as many spans is refused', () => {
    const body = (count: number) => field(10, field(18, ...copies(count, field(18))))
    const json = (count: number) => ({ resourceSpans: [{ scopeSpans: [{ spans: items(count) }] }] })
    const refused = new OverLimitError('more than 40 spans or log records in one request')
    expect(read(body(40), { records: 4 })().rejected).toBe(40)
    expect(read(body(41), { records: 4 })).toThrow(refused)
    expect(decodeTracesJson(json(40), withLimits({ records: 4 })).rejected).toBe(40)
    expect(() => decodeTracesJson(json(41), withLimits({ records: 4 }))).toThrow(refused)
  })

  it('that holds a group of protobuf is malformed', () => {
    expect(() => decodeTracesProtobuf(protobufOf(Buffer.from([0xa3, 0x06, 0xa4, 0x06])))).toThrow(/malformed/)
  })
})
