// Seeded mutations of real captures: see fuzz-ingest.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export type Random = () => number

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const below = (random: Random, most: number): number => Math.floor(random() * most)
export const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => (below(random, 15) + 1).toString(16)).join('')

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
const LANGFUSE = samples('fixtures/langfuse', /\.json$/)

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

/** `"HUGE"` becomes a number that JavaScript has none for. */
const text = (value: unknown): string => JSON.stringify(value).replaceAll('"HUGE"', '1e999')
const deep = (levels: number): unknown => {
  let value: unknown = 'core'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { values: value, a: 1 }
  return value
}

const EXTREMES: readonly unknown[] = [
  ...[0, -0, -1, 0.5, 1e19, 1e22, 1e300, -1e300, 'HUGE', 9_007_199_254_740_992, 4_294_967_296, 5e-324],
  ...['', '0', '-1', 'NaN', 'Infinity', '1e999', '18446744073709551616', '9'.repeat(60), 'x'.repeat(5_000)],
  ...['+275760-09-13T00:00:00Z', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '2026-02-30T00:00:00Z'],
  ...['constructor', 'toString', '__proto__', 'hasOwnProperty', '[constructor]', "{'a': toString}"],
  ...['\u0000', '\ud800', '\ufeff', '{"a":[', '[]', 'None', '"'],
  ...[
    null,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    { a: { b: {} } },
    ['__proto__'],
    deep(30),
    deep(99),
    deep(300),
  ],
]
const KEYS = ['__proto__', 'constructor', 'toString', '', 'a', 'values', 'key', 'value', 'traceId', '\u0000']

interface Place {
  readonly holder: Record<string, unknown> | unknown[]
  readonly key: string | number
}

const placesIn = (value: unknown, found: Place[] = []): Place[] => {
  if (Array.isArray(value))
    for (const [key, inner] of value.entries()) {
      found.push({ holder: value, key })
      placesIn(inner, found)
    }
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      found.push({ holder: value as Record<string, unknown>, key })
      placesIn(inner, found)
    }
  return found
}

const put = (holder: Place['holder'], key: string | number, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const AT_PLACE: readonly ((random: Random, place: Place) => void)[] = [
  (random, { holder, key }) => put(holder, key, pick(random, EXTREMES)),
  (random, { holder, key }) => put(holder, key, pick(random, EXTREMES)),
  (_random, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  },
  (_random, { holder, key }) => {
    if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]))
    else put(holder, `${key}2`, structuredClone(holder[key]))
  },
  (random, { holder, key }) => {
    const value = (holder as Record<string, unknown>)[key]
    put(holder, Array.isArray(holder) ? key : pick(random, KEYS), Array.isArray(value) ? value[0] : [value])
  },
]

/** Changes a few places of a value, in place. */
const mutateValue = (random: Random, value: unknown): void => {
  for (let times = below(random, 6) + 1; times > 0; times--) {
    const places = placesIn(value)
    if (places.length === 0) return
    pick(random, AT_PLACE)(random, pick(random, places))
  }
}

const BYTES: readonly ((random: Random, body: Buffer) => Buffer)[] = [
  (random, body) => {
    const changed = Buffer.from(body)
    for (let times = below(random, 12) + 1; times > 0; times--) {
      const at = below(random, changed.length)
      changed[at] = (changed[at] ?? 0) ^ (1 << below(random, 8))
    }
    return changed
  },
  (random, body) => body.subarray(0, below(random, body.length)),
  (random, body) => {
    const [from, length] = [below(random, body.length), below(random, 200)]
    return Buffer.concat([body.subarray(0, from), body.subarray(from + length)])
  },
  (random, body) => {
    const [from, length] = [below(random, body.length), below(random, 400)]
    return Buffer.concat([body.subarray(0, from + length), body.subarray(from)])
  },
  (random, body) => {
    const from = below(random, body.length)
    const noise = Buffer.from(Array.from({ length: below(random, 24) + 1 }, () => below(random, 256)))
    return Buffer.concat([body.subarray(0, from), noise, body.subarray(from)])
  },
  (random, body) => {
    const changed = Buffer.from(body)
    const from = below(random, body.length)
    return changed.fill(
      pick(random, [0x00, 0xff, 0x7b, 0x5b, 0x2c]),
      from,
      Math.min(changed.length, from + below(random, 40) + 1),
    )
  },
]
const mutateBytes = (random: Random, body: Buffer): Buffer =>
  body.length === 0 ? body : pick(random, BYTES)(random, body)

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

const FIELDS = [
  ...[
    'chatbot',
    'session',
    'participant',
    'status',
    'tag',
    'model',
    'spanName',
    'error',
    'changed',
    'kind',
    'traceId',
  ],
  ...[
    'feedback',
    'score',
    'duration',
    'tokens',
    'cost',
    'llmTurns',
    'toolCalls',
    'from',
    'to',
    'last',
    'q',
    'sort',
  ],
  ...['limit', 'buckets', 'cursor', 'prefix', '__proto__', 'constructor', 'attr.http.status', 'nothing'],
]
const OPERATORS = [
  '',
  '',
  '',
  '.not',
  '.min',
  '.max',
  '.contains',
  '.lacks',
  '.starts',
  '.ends',
  '.all',
  '.is',
  '.__proto__',
]
const VALUES = [
  ...[
    '1',
    '-1',
    '0',
    '1e3',
    '0x10',
    '1e308',
    '1e999',
    'NaN',
    '9007199254740991',
    '9007199254740992',
    '.5',
    '1.',
  ],
  ...[
    'ok',
    'error',
    'any',
    'turn',
    'Fern',
    "'",
    '"',
    '%',
    '_',
    '\\',
    '\u0000',
    '\u001f',
    '😀',
    '\ufffd',
    ' ',
    '',
  ],
  ...['24h', '99999999999d', '0m', '2026-11-21T09:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
  ...[
    '+275760-09-13T00:00:00Z',
    '-cost',
    'tokens',
    'duration',
    '__proto__',
    'toString',
    'x'.repeat(1_990),
    '(?',
  ],
]
const QUESTIONS = [
  ...[
    'traces',
    'traces',
    'traces',
    'traces/count',
    'traces/histogram',
    'sessions',
    'chatbots',
    'suggest/tag',
  ],
  ...[
    'suggest/__proto__',
    'traces/%E0%A4%A',
    'traces/__proto__',
    'traces/x/spans',
    'sessions/%00',
    'traces.csv',
  ],
]

const forgedCursor = (random: Random, cursor: string): string => {
  if (cursor === '' || random() < 0.3)
    return mutateBytes(random, Buffer.from(cursor || 'WzFd')).toString('latin1')
  const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
  parts[below(random, parts.length + 1)] = pick(random, EXTREMES)
  return Buffer.from(text(parts)).toString('base64url')
}

/** The next question to a source, as a path with its parameters; `cursor` is one that was given out for `traces`. */
export function fuzzedQuestion(random: Random, cursor: string): string {
  if (random() < 0.3) {
    const sort = pick(random, ['', '&sort=cost', '&sort=-tokens', '&sort=duration'])
    return `traces?limit=2&kind=any${sort}&cursor=${encodeURIComponent(forgedCursor(random, cursor))}`
  }
  if (random() < 0.3) {
    const sort = pick(random, ['', '&sort=cost', '&sort=-tokens', '&sort=duration', '&sort=startTime'])
    return `traces?limit=2&kind=any${sort}`
  }
  const params = Array.from({ length: below(random, 4) + 1 }, () => {
    const value = pick(random, VALUES)
    const written = random() < 0.9 ? encodeURIComponent(value) : value.replaceAll(/[^ -~]|[# ]/g, '%')
    return `${pick(random, FIELDS)}${pick(random, OPERATORS)}=${written}`
  })
  return `${pick(random, QUESTIONS)}?${params.join('&')}`
}
