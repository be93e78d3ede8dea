// Seeded questions to the read API: see fuzz-ingest.ts.
import { below, EXTREMES, mutateBytes, pick, type Random, text } from './fuzz-mutations.ts'

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
  parts[below(random, parts.length + 1)] = structuredClone(pick(random, EXTREMES))
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
