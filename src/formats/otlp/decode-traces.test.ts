import { describe, expect, it } from 'vitest'
import { decodeTracesJson, decodeTracesProtobuf } from './decode-traces.ts'
import { NotOtlpError } from './guard/not-otlp.ts'
import { DEFAULT_OTLP_LIMITS } from './guard/otlp-limits.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const exportOf = (...spans: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
const span = (more: object = {}) => ({
  traceId: TRACE,
  spanId: SPAN,
  name: 'turn',
  startTimeUnixNano: '1795224134950000999',
  endTimeUnixNano: '1795224135283634234',
  ...more,
})
const only = (more: object) => {
  const decoded = decodeTracesJson(exportOf(span(more)))
  expect(decoded.rejected).toBe(0)
  expect(decoded.spans).toHaveLength(1)
  const [first] = decoded.spans
  if (first === undefined) throw new Error('no span')
  return first
}
const attributeOf = (value: unknown) => only({ attributes: [{ key: 'k', value }] }).attributes.k

describe('a span', () => {
  it('has its times in whole microseconds', () => {
    expect(only({})).toMatchObject({ startTime: 1_795_224_134_950_000, duration: 333_634, parentId: null })
  })

  it('reads whatever is missing as nothing', () => {
    const decoded = decodeTracesJson(exportOf({ traceId: TRACE, spanId: SPAN }))
    expect(decoded.spans[0]).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      parentId: null,
      name: '',
      otelKind: 'unspecified',
      startTime: 0,
      duration: null,
      status: { code: 'unset' },
      attributes: {},
      events: [],
      links: [],
      resource: {},
      scope: { name: '' },
      problems: ['it has no start time'],
    })
  })

  it.each([
    ['hex in capitals', TRACE.toUpperCase(), SPAN.toUpperCase()],
    ['base64', 'CvdlGRbNQ92ESOshHIAxnA==', 't61rcWkgMzE='],
    ['base64 without padding', 'CvdlGRbNQ92ESOshHIAxnA', 't61rcWkgMzE'],
  ])('takes ids in %s', (_name, traceId, spanId) => {
    expect(only({ traceId, spanId })).toMatchObject({ traceId: TRACE, spanId: SPAN })
  })

  it.each([
    [{ traceId: 'abc' }, /trace id is "abc"/],
    [{ traceId: '' }, /trace id is none/],
    [{ traceId: '0'.repeat(32) }, /trace id/],
    [{ traceId: SPAN }, /trace id/],
    [{ spanId: TRACE }, /span id/],
    [{ spanId: '0'.repeat(16) }, /span id/],
    [{ spanId: 7 }, /span id is "7"/],
  ])('with a wrong id is rejected, the others kept: %o', (wrong, problem) => {
    const decoded = decodeTracesJson(exportOf(span(wrong), span({ spanId: '00f067aa0ba902b7' })))
    expect(decoded.spans.map((kept) => kept.spanId)).toEqual(['00f067aa0ba902b7'])
    expect(decoded.rejected).toBe(1)
    expect(decoded.problems).toHaveLength(1)
    expect(decoded.problems[0]).toMatch(problem)
  })

  it.each([
    ['ends before it starts', { endTimeUnixNano: '1795224134000000000' }, { duration: 0 }, /ended before/],
    ['is its own parent', { parentSpanId: SPAN }, { parentId: null }, /itself as its parent/],
    ['has a parent of a wrong length', { parentSpanId: 'ff' }, { parentId: null }, /parent's id is "ff"/],
    ['has an unknown kind', { kind: 17 }, { otelKind: 'unspecified' }, /kind is 17/],
    ['has an unknown status', { status: { code: 9 } }, { status: { code: 'unset' } }, /status code is 9/],
    ['lost attributes at its sender', { droppedAttributesCount: 3 }, {}, /dropped 3 of its attributes/],
    ['holds NUL', { name: 'a\0b' }, { name: 'a\ufffdb' }, /the name held NUL/],
    ['holds a lone surrogate', { name: 'a\ud800b' }, { name: 'a\ufffdb' }, /half surrogate/],
    [
      'began in 1970',
      { startTimeUnixNano: '5000', endTimeUnixNano: '9000' },
      { startTime: 5, duration: 4 },
      /2000/,
    ],
    [
      'has a start of no meaning',
      { startTimeUnixNano: 'now' },
      { startTime: 1_795_224_135_283_634 },
      /no time/,
    ],
  ])('that %s is kept, with a word', (_name, more, expected, problem) => {
    const kept = only(more)
    expect(kept).toMatchObject(expected)
    expect(kept.problems?.join('\n')).toMatch(problem)
  })

  it.each([
    [{ startTimeUnixNano: '9007199254740991999', endTimeUnixNano: '9007199254740991999' }, true],
    [{ startTimeUnixNano: '9007199254740992000', endTimeUnixNano: '9007199254740992000' }, false],
    [{ endTimeUnixNano: '9007199254740992000' }, false],
    [{ endTimeUnixNano: '18446744073709551615' }, false],
    [{ startTimeUnixNano: '1'.repeat(30) }, false],
    [{ startTimeUnixNano: 1e22 }, false],
    [{ startTimeUnixNano: 1e300 }, false],
    [{ endTimeUnixNano: Number.POSITIVE_INFINITY }, false],
    [{ startTimeUnixNano: -1 }, true],
  ])('whose times are %o is kept: %s; the others are, whatever it has', (more, isKept) => {
    const { spans, rejected, problems } = decodeTracesJson(
      exportOf(span(more), span({ spanId: 'a'.repeat(16) })),
    )
    expect(spans).toHaveLength(isKept ? 2 : 1)
    expect(rejected).toBe(isKept ? 0 : 1)
    expect(problems).toEqual(
      isKept ? [] : [expect.stringMatching(/^span rejected: it (starts|ends) after the year 2255$/)],
    )
    for (const kept of spans) expect(Number.isSafeInteger(kept.startTime)).toBe(true)
  })

  it('shows an event after 2255 at its start', () => {
    const kept = only({
      events: [
        { name: 'late', timeUnixNano: 1e300 },
        { name: 'early', timeUnixNano: '5000' },
      ],
    })
    expect(kept.events.map(({ time }) => time)).toEqual([1_795_224_134_950_000, 5])
    expect(kept.problems).toEqual(['an event after the year 2255 is shown at its start'])
  })

  it.each(['constructor', 'toString', '__proto__'])('has no kind called %s', (name) => {
    const kept = only({ kind: name, status: { code: name } })
    expect(kept).toMatchObject({ otelKind: 'unspecified', status: { code: 'unset' } })
  })

  it('keeps numbers beyond all bounds as text', () => {
    const values = JSON.parse(
      '[{"doubleValue":1e999},{"intValue":-1e999},{"doubleValue":"1e999"}]',
    ) as unknown[]
    expect(values.map(attributeOf)).toEqual(['Infinity', '-Infinity', 'Infinity'])
  })

  it('keeps of a 10 MB attribute what fits, and says so', () => {
    const kept = only({ attributes: [{ key: 'big', value: { stringValue: '😀'.repeat(5_000_000) } }] })
    expect(kept.attributes.big).toBe(`${'😀'.repeat(4_194_304)}\n[cut: 1,611,392 more characters]`)
    expect(kept.problems).toEqual(['attribute "big" was cut from 10,000,000 to 8,388,608 characters'])
  })

  it('keeps the beginning of names that are too long', () => {
    const kept = only({ name: 'n'.repeat(2000) })
    expect(kept.name).toBe('n'.repeat(1000))
    expect(kept.problems).toEqual(['the name was cut from 2,000 to 1,000 characters'])
  })

  it('keeps events and links, bad links left out with a word', () => {
    const kept = only({
      events: [
        {
          name: 'e',
          timeUnixNano: 1_795_224_134_960_000_000,
          attributes: [{ key: 'x', value: { intValue: 1 } }],
        },
        { name: 'timeless' },
      ],
      links: [
        { traceId: TRACE, spanId: SPAN },
        { traceId: TRACE, spanId: 'no' },
      ],
      flags: 257,
      traceState: 'a=b',
    })
    expect(kept.events).toEqual([
      { name: 'e', time: 1_795_224_134_960_000, attributes: { x: 1 } },
      { name: 'timeless', time: kept.startTime, attributes: {} },
    ])
    expect(kept.links).toEqual([{ traceId: TRACE, spanId: SPAN, attributes: {} }])
    expect(kept).toMatchObject({ flags: 257, traceState: 'a=b' })
    expect(kept.problems?.join()).toMatch(/link rejected: its span id is "no"/)
  })

  it('carries what was wrong in its resource', () => {
    const decoded = decodeTracesJson({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a\0' } }] },
          schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
          scopeSpans: [{ scope: { name: 's', version: '1' }, spans: [span()] }],
        },
      ],
    })
    expect(decoded.spans[0]).toMatchObject({
      resource: { 'service.name': 'a\ufffd' },
      scope: { name: 's', version: '1', schemaUrl: 'https://opentelemetry.io/schemas/1.30.0' },
      problems: [expect.stringContaining('attribute "service.name" held NUL')],
    })
  })

  it('takes the names of older senders and of protobuf', () => {
    const decoded = decodeTracesJson({
      resource_spans: [
        {
          instrumentationLibrarySpans: [
            {
              instrumentationLibrary: { name: 'old' },
              spans: [
                {
                  trace_id: TRACE,
                  span_id: SPAN,
                  kind: 'SPAN_KIND_SERVER',
                  start_time_unix_nano: '1795224134950000000',
                  status: { code: 'STATUS_CODE_ERROR' },
                },
              ],
            },
          ],
        },
      ],
    })
    expect(decoded.spans[0]).toMatchObject({
      scope: { name: 'old' },
      otelKind: 'server',
      status: { code: 'error' },
    })
  })
})

describe('a value', () => {
  it.each([
    [{}, null],
    [{ stringValue: '' }, ''],
    [{ boolValue: false }, false],
    [{ intValue: '42' }, 42],
    [{ intValue: 42 }, 42],
    [{ intValue: '9223372036854775807' }, '9223372036854775807'],
    [{ intValue: '-9007199254740993' }, '-9007199254740993'],
    [{ doubleValue: 0.5 }, 0.5],
    [{ doubleValue: 'NaN' }, 'NaN'],
    [{ doubleValue: '-Infinity' }, '-Infinity'],
    [{ bytesValue: 'AAEC' }, 'AAEC'],
    [{ arrayValue: { values: [{ intValue: 1 }, {}, { stringValue: 'a' }] } }, [1, null, 'a']],
    [{ arrayValue: {} }, []],
    [
      { kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }, { key: 'b' }] } },
      { a: true, b: null },
    ],
  ])('%o', (value, expected) => {
    expect(attributeOf(value)).toEqual(expected)
  })

  it('keeps a key that names the prototype as a key', () => {
    const value = attributeOf({ kvlistValue: { values: [{ key: '__proto__', value: { intValue: 1 } }] } })
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('ends at the depth limit', () => {
    let deep: object = { stringValue: 'core' }
    for (let level = 0; level < 10_000; level++) deep = { arrayValue: { values: [deep] } }
    const kept = only({ attributes: [{ key: 'deep', value: deep }] })
    expect(JSON.stringify(kept.attributes.deep)).toBe(`${'['.repeat(64)}null${']'.repeat(64)}`)
    expect(kept.problems).toEqual(['attribute "deep" was cut below 64 levels of nesting'])
  })

  it('ends at the size limit when its elements are long', () => {
    const values = Array.from({ length: 90_000 }, () => ({ stringValue: 'x'.repeat(100) }))
    const kept = only({ attributes: [{ key: 'long', value: { arrayValue: { values } } }] })
    // Each takes the size of a number beside its own characters.
    expect(kept.attributes.long).toHaveLength(Math.ceil(8_388_608 / 108))
    expect(kept.problems).toEqual([
      'attribute "long" was cut from 100 to 24 characters',
      'attribute "long" was cut: it is larger than 8,388,608 characters',
    ])
  })

  it('ends at the bound on parts when its elements are many', () => {
    const values = Array.from({ length: 300_000 }, () => ({ intValue: 1 }))
    const kept = only({ attributes: [{ key: 'many', value: { arrayValue: { values } } }] })
    // The attribute is a part itself.
    expect(kept.attributes.many).toHaveLength(249_999)
    expect(kept.problems).toEqual([
      expect.stringMatching(/^an item of a list beyond 250,000 .* was left out/),
    ])
  })
})

describe('a request', () => {
  it.each([[null], [7], ['text'], [[]], [{ resourceLogs: [] }], [{ resourceSpans: 'x' }], [{ a: 1 }]])(
    'that is %o is no export',
    (value) => {
      expect(() => decodeTracesJson(value)).toThrow(NotOtlpError)
    },
  )

  it.each([[{}], [{ resourceSpans: [] }], [{ resourceSpans: [{}, null] }], [exportOf()]])(
    'of %o is empty',
    (value) => {
      expect(decodeTracesJson(value)).toMatchObject({ spans: [], rejected: 0 })
    },
  )

  it('rejects the spans beyond the limit', () => {
    const spans = Array.from({ length: 5 }, (_, index) => span({ spanId: `b7ad6b716920333${index + 1}` }))
    const decoded = decodeTracesJson(exportOf(...spans), { ...DEFAULT_OTLP_LIMITS, records: 3 })
    expect(decoded.spans).toHaveLength(3)
    expect(decoded).toMatchObject({ rejected: 2, problems: ['2 spans rejected: a request may hold 3'] })
  })

  it('of no bytes is a valid, empty protobuf', () => {
    expect(decodeTracesProtobuf(new Uint8Array())).toEqual({ spans: [], problems: [], rejected: 0 })
  })

  it.each([
    ['text', new TextEncoder().encode('{"resourceSpans":[]}')],
    ['a message longer than the bytes', new Uint8Array([10, 200, 1, 0])],
    ['field number 0', new Uint8Array([2, 0])],
    ['a wire type that is none', new Uint8Array([15])],
    ['an endless varint', new Uint8Array(20).fill(255)],
    ['a field that overruns its message', new Uint8Array([10, 2, 18, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['a cut tag', new Uint8Array([10, 1, 128])],
  ])('of malformed protobuf is no export: %s', (_name, bytes) => {
    expect(() => decodeTracesProtobuf(bytes)).toThrow(NotOtlpError)
  })
})
