// Seeded mutations of real captures: see fuzz-ingest.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { hex, mutateBytes, mutateValue, pick, type Random, text } from './fuzz-mutations.ts'

/** One request, and what must be true of its answer. */
export interface FuzzedRequest {
  readonly way: 'http' | 'grpc'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** A trace that is right in the same body. */
  readonly marker?: string
  /** Whether the body is still one of its kind, so that the marker must be taken; else it must be if anything is. */
  readonly isWhole: boolean
}

const FORMATS = join(import.meta.dirname, '..', 'src', 'formats')
const filesBelow = (folder: string, pattern: RegExp): readonly string[] =>
  readdirSync(join(FORMATS, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => join(FORMATS, folder, name))
const samples = (folder: string, pattern: RegExp): readonly Buffer[] =>
  filesBelow(folder, pattern)
    .map((path) => readFileSync(path))
    .filter(({ length }) => length < 60_000)

const TRACES_PROTOBUF = samples('otlp/fixtures', /request-\d+\.pb$/)
const TRACES_JSON = samples('otlp/fixtures', /request-\d+\.otlp\.json$/)
const LOGS_PROTOBUF = samples('otlp/fixtures', /logs-\d+\.pb$/)
const LOGS_JSON = samples('otlp/fixtures', /logs-\d+\.otlp\.json$/)
const JAEGER = samples('fixtures/jaeger', /(search|trace)-.*\.json$/)
// Some recorded answers are pages.
const LANGFUSE = samples('fixtures/langfuse', /\.json$/).filter((body) => body.toString('utf8', 0, 1) !== '<')

const STARTED = 1_795_224_134_950_000
const STARTED_ISO = '2026-11-21T09:00:00Z'

const TURN = {
  startTime: STARTED_ISO,
  duration: 1_500_000,
  chatbot: { name: 'Fern', version: '12' },
  session: { id: 's-1' },
  participant: { id: 'ana', name: 'Ana Torres' },
  input: 'Where is my order?',
  output: 'On its way.',
  participantData: { before: { tier: 'free', list: [1, 2] }, changes: [['change', 'tier', ['free', 'pro']]] },
  sessionData: { step: 2 },
  metrics: { llmTurns: 1, inputTokens: 12, totalTokens: 20, cost: 0.01, partial: ['inputTokens'] },
  tags: ['vip'],
  environment: 'production',
  feedback: [{ name: 'thumbs', value: 1, comment: 'thanks' }],
  provider: { source: 'langfuse', traceId: 'abc', url: 'https://langfuse.example/trace/abc' },
}
const EVENT = {
  conversation_id: 'c-1',
  type: 'generation',
  task: 'answer',
  trace_id: 'e-1',
  parent_id: 'e-0',
  input: [{ role: 'user', content: 'hello' }],
  output: 'On its way.',
  start_timestamp: STARTED_ISO,
  end_timestamp: STARTED / 1e6 + 1,
  latency: 120,
  custom: { model: 'm', usage: { input_tokens: 3, output_tokens: 4, cost: 0.1 }, parameters: { top_p: 1 } },
  user: { id: 'ana' },
  metadata: { chatbot: 'Fern', tags: ['a'] },
}

const protobufMarker = (random: Random, marker: string, record: 'span' | 'log'): Buffer => {
  const field = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
    const inner = Buffer.concat(content)
    return Buffer.concat([Uint8Array.from([tag, inner.length]), inner])
  }
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(BigInt(STARTED) * 1_000n)
  const [trace, span] = [Buffer.from(marker, 'hex'), Buffer.from(hex(random, 16), 'hex')]
  const fields =
    record === 'span'
      ? [field(10, trace), field(18, span), Uint8Array.from([57]), time]
      : [field(74, trace), field(82, span), Uint8Array.from([9]), time]
  return field(10, field(18, field(18, ...fields)))
}

const spanJson = (random: Random, marker: string): object => ({
  resourceSpans: undefined,
  scopeSpans: [
    {
      spans: [{ traceId: marker, spanId: hex(random, 16), name: 'm', startTimeUnixNano: `${STARTED}000` }],
    },
  ],
})

const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' }

const protobufRequest =
  (
    bodies: readonly Buffer[],
    record: 'span' | 'log',
    paths: readonly string[],
    way: 'http' | 'grpc' = 'http',
  ) =>
  (random: Random): FuzzedRequest => {
    const marker = hex(random, 32)
    const mutated = mutateBytes(random, pick(random, bodies))
    return {
      way,
      path: pick(random, paths),
      headers: PROTOBUF_TYPE,
      body: Buffer.concat([protobufMarker(random, marker, record), mutated]),
      ...(record === 'span' && { marker }),
      isWhole: false,
    }
  }

/** JSON of which single values are changed, with something right before them; sometimes its bytes instead. */
const jsonRequest =
  (
    path: string,
    make: (random: Random, marker: string) => { readonly value: unknown; readonly isWhole: boolean },
  ) =>
  (random: Random): FuzzedRequest => {
    const marker = hex(random, 32)
    const { value, isWhole } = make(random, marker)
    const body = Buffer.from(text(value))
    if (random() < 0.25)
      return { way: 'http', path, headers: JSON_TYPE, body: mutateBytes(random, body), isWhole: false }
    return { way: 'http', path, headers: JSON_TYPE, body, ...(isWhole && { marker }), isWhole }
  }

/** Records of a list, of which the first is right. */
const recordsOf = (first: object, others: readonly object[]) => (random: Random, marker: string) => {
  const rest = structuredClone(others) as unknown[]
  mutateValue(random, rest)
  const right = JSON.parse(JSON.stringify(first).replaceAll('MARKER', marker)) as object
  return { value: [right, ...rest], isWhole: true }
}

const otlpJson = (bodies: readonly Buffer[], path: string) =>
  jsonRequest(path, (random, marker) => {
    const value = JSON.parse(pick(random, bodies).toString('utf8')) as Record<string, unknown>
    mutateValue(random, value)
    const groups = Object.hasOwn(value, 'resourceSpans') ? value.resourceSpans : undefined
    if (!Array.isArray(groups)) return { value, isWhole: false }
    groups.unshift(spanJson(random, marker))
    return { value, isWhole: true }
  })

const importOf = (
  bodies: readonly Buffer[],
  add: (random: Random, value: unknown, marker: string) => boolean,
) =>
  jsonRequest('/api/v1/import', (random, marker) => {
    const value = JSON.parse(pick(random, bodies).toString('utf8')) as unknown
    mutateValue(random, value)
    return { value, isWhole: add(random, value, marker) }
  })

const importLines = (random: Random): FuzzedRequest => {
  const marker = hex(random, 32)
  const lines = [
    text({ resourceSpans: [spanJson(random, marker)] }),
    ...Array.from({ length: 4 }, () => mutateBytes(random, pick(random, TRACES_JSON)).toString('latin1')),
  ]
  const body = Buffer.from(lines.map((line) => line.replaceAll('\n', ' ')).join('\n'), 'latin1')
  const isZipped = random() < 0.3
  return {
    way: 'http',
    path: '/api/v1/import',
    headers: JSON_TYPE,
    body: isZipped ? gzipSync(body) : body,
    marker,
    isWhole: true,
  }
}

const HEADER_NAMES = [
  'content-type',
  'content-encoding',
  'accept',
  'x-forwarded-for',
  'traceparent',
  'baggage',
]
const HEADER_VALUES = [
  ...[
    'constructor',
    '__proto__',
    'application/json; charset=utf-16',
    'application/json',
    'APPLICATION/X-PROTOBUF',
  ],
  ...[
    'gzip',
    'deflate',
    'br',
    'gzip, gzip',
    'identity',
    'x-gzip',
    'toString',
    '',
    ';',
    '*/*;q=2',
    'a'.repeat(4_000),
  ],
]

/** One of the others with strange headers, its body packed or said to be. */
const strangeHeaders = (random: Random): FuzzedRequest => {
  const { marker: _, ...request } = pick(
    random,
    INGEST.slice(0, 4).map(([, make]) => make),
  )(random)
  const headers = { ...request.headers, [pick(random, HEADER_NAMES)]: pick(random, HEADER_VALUES) }
  const packed = random() < 0.5 ? gzipSync(request.body) : request.body
  const body = random() < 0.3 ? mutateBytes(random, packed) : packed
  return { ...request, way: 'http', headers, body, isWhole: false }
}

const LANGFUSE_OBSERVATION = { id: 'o-1', traceId: 'MARKER', type: 'SPAN', name: 'm', startTime: STARTED_ISO }

/** Every way in, by how often of a hundred it is tried. */
const INGEST: readonly (readonly [share: number, make: (random: Random) => FuzzedRequest])[] = [
  [22, protobufRequest(TRACES_PROTOBUF, 'span', ['/v1/traces', '/v1/traces', '/api/public/otel/v1/traces'])],
  [18, otlpJson(TRACES_JSON, '/v1/traces')],
  [10, jsonRequest('/api/v1/turns', recordsOf({ ...TURN, traceId: 'MARKER' }, [TURN, TURN]))],
  [
    8,
    jsonRequest(
      '/api/v1/events',
      recordsOf({ ...EVENT, interaction_id: 'MARKER' }, [{ ...EVENT, interaction_id: 'i' }]),
    ),
  ],
  [10, protobufRequest(TRACES_PROTOBUF, 'span', [''], 'grpc')],
  [5, protobufRequest(LOGS_PROTOBUF, 'log', ['/v1/logs'])],
  [4, otlpJson(LOGS_JSON, '/v1/logs')],
  [4, otlpJson(TRACES_JSON, '/api/v1/import')],
  [
    5,
    importOf(JAEGER, (random, value, marker) => {
      const list = typeof value === 'object' && value !== null && 'data' in value ? value.data : undefined
      if (!Array.isArray(list)) return false
      const span = {
        traceID: marker,
        spanID: hex(random, 16),
        operationName: 'm',
        startTime: STARTED,
        duration: 5,
      }
      list.unshift({ traceID: marker, processes: {}, spans: [span] })
      return true
    }),
  ],
  [3, importOf(LANGFUSE, () => false)],
  [
    3,
    jsonRequest(
      '/api/v1/import',
      recordsOf(LANGFUSE_OBSERVATION, [LANGFUSE_OBSERVATION, LANGFUSE_OBSERVATION]),
    ),
  ],
  [3, importLines],
  [5, strangeHeaders],
]

const TOTAL = INGEST.reduce((sum, [share]) => sum + share, 0)

/** The next request. */
export function fuzzedRequest(random: Random): FuzzedRequest {
  let left = random() * TOTAL
  for (const [share, make] of INGEST) {
    left -= share
    if (left < 0) return make(random)
  }
  return importLines(random)
}
