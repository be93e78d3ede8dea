// Bodies just below the size limit that hold as many parts as fit, or parts that cost most: see stress-decode.ts.

const SIZE = 64 * 1024 * 1024 - 4096
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const START = 1_795_224_134_950_000_000n

export interface WorstBody {
  readonly name: string
  readonly way: 'http' | 'grpc'
  readonly path: string
  readonly type: 'application/x-protobuf' | 'application/json'
  readonly body: () => Buffer
}

const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

/** A length-delimited field: its tag, its length, then its content. */
const field = (tag: number, content: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.from([...varint(tag), ...varint(content.length)]), content])

const times = (unit: Uint8Array, size: number = SIZE): Buffer =>
  Buffer.alloc(Math.floor(size / unit.length) * unit.length, unit)

const SPAN_HEAD = (() => {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(START)
  return Buffer.concat([
    field(10, Buffer.from(TRACE, 'hex')),
    field(18, Buffer.from(SPAN, 'hex')),
    Uint8Array.from([57]),
    time,
  ])
})()

/** An export of one span that holds these fields beside its ids. */
const spanOf = (content: Uint8Array): Buffer =>
  field(10, field(18, field(18, Buffer.concat([SPAN_HEAD, content]))))
const EMPTY_EVENT = Buffer.from([90, 0])
const EMPTY_LINK = Buffer.from([106, 0])
const EMPTY_ATTRIBUTE = Buffer.from([74, 0])
/** An attribute `a` whose value is a list or a key-value list of so many empty items. */
const nested = (kind: number): Buffer =>
  field(74, Buffer.concat([field(10, Buffer.from('a')), field(18, field(kind, times(Buffer.from([10, 0]))))]))

const protobuf: readonly (readonly [name: string, body: () => Buffer])[] = [
  ['empty resource groups', () => times(Buffer.from([10, 0]))],
  ['empty scope groups', () => field(10, times(Buffer.from([18, 0])))],
  ['resource groups of a scope group', () => times(field(10, Buffer.from([18, 0])))],
  ['empty spans', () => field(10, field(18, times(Buffer.from([18, 0]))))],
  ['empty events of one span', () => spanOf(times(EMPTY_EVENT))],
  ['empty links of one span', () => spanOf(times(EMPTY_LINK))],
  ['empty attributes of one span', () => spanOf(times(EMPTY_ATTRIBUTE))],
  ['empty attributes of the resource', () => field(10, field(10, times(Buffer.from([10, 0]))))],
  ['empty items of a list', () => spanOf(nested(42))],
  ['empty pairs of a key-value list', () => spanOf(nested(50))],
  ['unknown fields', () => spanOf(times(Buffer.from([0xa0, 0x06, 0])))],
  ['the same field again and again', () => spanOf(times(Buffer.from([48, 0])))],
  [
    'spans of 1000 events',
    () => field(10, field(18, times(field(18, Buffer.concat([SPAN_HEAD, times(EMPTY_EVENT, 2000)]))))),
  ],
  [
    'spans of 50 attributes',
    () => {
      const attribute = field(
        74,
        Buffer.concat([field(10, Buffer.from('a.key')), field(18, Buffer.from([24, 7]))]),
      )
      return field(
        10,
        field(18, times(field(18, Buffer.concat([SPAN_HEAD, times(attribute, attribute.length * 50)])))),
      )
    },
  ],
]

const repeated = (before: string, unit: string, after: string): Buffer => {
  const count = Math.floor((SIZE - before.length - after.length) / (unit.length + 1))
  return Buffer.from(`${before}${`${unit},`.repeat(count - 1)}${unit}${after}`)
}
const SPAN_JSON = `"traceId":"${TRACE}","spanId":"${SPAN}","startTimeUnixNano":"${START}"`
const GROUPED = '{"resourceSpans":[{"scopeSpans":[{"spans":['
const inSpan = (name: string): readonly [string, string] => [
  `${GROUPED}{${SPAN_JSON},"${name}":[`,
  ']}]}]}]}',
]
const ATTRIBUTE_JSON = '{"key":"llm.token_count.prompt","value":{"intValue":"1200"}}'

const otlpJson: readonly (readonly [name: string, body: () => Buffer])[] = [
  ['empty resource groups', () => repeated('{"resourceSpans":[', '{}', ']}')],
  ['empty lists', () => repeated('{"resourceSpans":[', '[]', ']}')],
  ['empty scope groups', () => repeated('{"resourceSpans":[{"scopeSpans":[', '{}', ']}]}')],
  ['empty spans', () => repeated(GROUPED, '{}', ']}]}]}')],
  ['empty events of one span', () => repeated(inSpan('events')[0], '{}', inSpan('events')[1])],
  ['empty links of one span', () => repeated(inSpan('links')[0], '{}', inSpan('links')[1])],
  [
    'attributes of one span',
    () => repeated(inSpan('attributes')[0], ATTRIBUTE_JSON, inSpan('attributes')[1]),
  ],
  [
    'spans',
    () =>
      repeated(
        GROUPED,
        `{${SPAN_JSON},"attributes":[${`${ATTRIBUTE_JSON},`.repeat(20)}${ATTRIBUTE_JSON}]}`,
        ']}]}]}',
      ),
  ],
  ['nesting', () => Buffer.from('['.repeat(SIZE))],
  ['digits', () => Buffer.from(`{"resourceSpans":${'1'.repeat(SIZE - 100)}}`)],
  ['one long text', () => Buffer.from(`{"resourceSpans":"${'a'.repeat(SIZE - 100)}"}`)],
  ['escapes', () => Buffer.from(`{"resourceSpans":"${'\\u0041'.repeat(Math.floor((SIZE - 100) / 6))}"}`)],
  [
    'unknown keys',
    () =>
      Buffer.from(
        `{"resourceSpans":[],${Array.from({ length: 4_500_000 }, (_, at) => `"${at.toString(36)}z":0`).join(',')}}`,
      ),
  ],
]

const TURN = `{"startTime":"2026-11-01T00:00:00Z","chatbot":{"name":"b"},"session":{"id":"s"},"input":"hello"}`
const lists: readonly (readonly [name: string, path: string, body: () => Buffer])[] = [
  ['turns: empty', '/api/v1/turns', () => repeated('[', '{}', ']')],
  ['turns: numbers', '/api/v1/turns', () => repeated('[', '1', ']')],
  [
    'turns: 10,000 of unknown fields',
    '/api/v1/turns',
    () =>
      Buffer.from(
        `[${`{${Array.from({ length: 400 }, (_, at) => `"x${at}":1`).join(',')}},`.repeat(9_999)}{}]`,
      ),
  ],
  [
    'turns: 10,000 of 6 kB',
    '/api/v1/turns',
    () => Buffer.from(`[${`${TURN.replace('hello', 'hello '.repeat(1_000))},`.repeat(9_999)}${TURN}]`),
  ],
  [
    'turns: one of many values',
    '/api/v1/turns',
    () => repeated(TURN.replace('}}', '}').replace(/}$/, ',"sessionData":['), '{"a":1}', ']}'),
  ],
  ['events: empty', '/api/v1/events', () => repeated('[', '{}', ']')],
  ['import: otlp, empty groups', '/api/v1/import', () => repeated('{"resourceSpans":[', '{}', ']}')],
  [
    'import: otlp, spans',
    '/api/v1/import',
    () =>
      repeated(
        GROUPED,
        `{${SPAN_JSON},"attributes":[${`${ATTRIBUTE_JSON},`.repeat(20)}${ATTRIBUTE_JSON}]}`,
        ']}]}]}',
      ),
  ],
  [
    'import: jaeger, spans',
    '/api/v1/import',
    () =>
      repeated(
        '{"data":[{"traceID":"1","processes":{},"spans":[',
        `{"traceID":"1","spanID":"2","operationName":"o","startTime":1795224134950000,"duration":5}`,
        ']}]}',
      ),
  ],
  [
    'import: jaeger, empty spans',
    '/api/v1/import',
    () => repeated('{"data":[{"traceID":"1","processes":{},"spans":[', '{}', ']}]}'),
  ],
  [
    'import: langfuse, top observations',
    '/api/v1/import',
    () =>
      repeated(
        '{"id":"t","timestamp":"2026-11-01T00:00:00Z","observations":[',
        '{"id":"o","startTime":"2026-11-01T00:00:00Z"}',
        ']}',
      ),
  ],
  [
    'import: langfuse, scores',
    '/api/v1/import',
    () =>
      repeated(
        '{"id":"t","timestamp":"2026-11-01T00:00:00Z","observations":[],"scores":[',
        '{"id":"o","name":"n","value":1}',
        ']}',
      ),
  ],
  [
    'import: lines of nothing',
    '/api/v1/import',
    () => Buffer.from(`{"resourceSpans":[]}\n${'{}\n'.repeat(Math.floor(SIZE / 3) - 20)}`),
  ],
]

export const WORST_BODIES: readonly WorstBody[] = [
  ...protobuf.map(
    ([name, body]): WorstBody => ({
      name: `protobuf: ${name}`,
      way: 'http',
      path: '/v1/traces',
      type: 'application/x-protobuf',
      body,
    }),
  ),
  ...protobuf.slice(0, 5).map(
    ([name, body]): WorstBody => ({
      name: `gRPC: ${name}`,
      way: 'grpc',
      path: '',
      type: 'application/x-protobuf',
      body,
    }),
  ),
  {
    name: 'protobuf logs: empty records',
    way: 'http',
    path: '/v1/logs',
    type: 'application/x-protobuf',
    body: () => field(10, field(18, times(Buffer.from([18, 0])))),
  },
  ...otlpJson.map(
    ([name, body]): WorstBody => ({
      name: `JSON: ${name}`,
      way: 'http',
      path: '/v1/traces',
      type: 'application/json',
      body,
    }),
  ),
  ...lists.map(
    ([name, path, body]): WorstBody => ({ name, way: 'http', path, type: 'application/json', body }),
  ),
]
