import { describe, expect, it } from 'vitest'
import { durationMicros } from '../../domain/model/units.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { deriveMissing } from '../../sources/derived.ts'
import { remoteSource } from '../../sources/remote/remote-source.ts'
import { generateConversations } from '../../sources/sample/conversations.ts'
import { holdTrace } from '../../sources/sample/hold-trace.ts'
import { MemorySource } from '../../sources/sample/memory-source.ts'
import { createApp } from './app.ts'
import { NO_FILES } from './static-files.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 3)
const BASE = 'http://127.0.0.1:4320'
const AGGREGATE = `${BASE}/api/v1/sources/sample/aggregate`
const never = () => new AbortController().signal

const memory = new MemorySource(
  { id: 'sample', label: 'Sample', kind: 'sample', about: 'made up' },
  () => NOW,
)
memory.add(
  [...generateConversations({ turns: 60, now: NOW, days: 2 })].map(({ spans, arrival }) =>
    holdTrace(
      { readSpan: (span) => readSpan(span), summarise, readMeaning: (span) => readMeaning(span) },
      spans,
      arrival,
    ),
  ),
)
const app = createApp({
  host: '127.0.0.1',
  access: { allowAnonymousIngest: false, allowedHosts: [] },
  sources: () => [deriveMissing(memory)],
  files: NO_FILES,
})
const remote = remoteSource(memory.info, {
  baseUrl: BASE,
  fetch: async (address, init) => app.request(String(address), init),
})

describe('aggregates over HTTP', () => {
  it.each([
    { measure: 'count', by: ['flow'], top: 20 },
    { measure: 'p95', of: 'duration', by: ['chatbot', 'tag'], top: 3 },
    { measure: 'sum', of: 'totalTokens', by: ['model'], over: durationMicros(3_600e6), top: 20 },
    { measure: 'errorRate', by: [], over: durationMicros(900e6), top: 20 },
  ] as const)('are what the source answers: $measure by $by', async (request) => {
    const query = {
      ...EVERYTHING,
      conditions: [{ field: 'kind', operator: 'is', values: ['turn'] }],
    } as const
    const wanted = await memory.aggregate(query, request, never())
    expect(wanted.value.rows.length).toBeGreaterThan(0)
    expect(await remote.aggregate(query, request, never())).toEqual(wanted)
  })

  it.each([
    ['', 'measure: missing'],
    ['?measure=p95', 'of: missing'],
    ['?measure=count&of=duration', 'of: does not stand beside count'],
    ['?measure=p95&of=duration&by=model', 'of: duration is of turns'],
    ['?measure=count&by=colour', 'by: not one of'],
    ['?measure=count&colour=red', 'colour: unknown field'],
    ['?measure=count&limit=5', 'limit: unknown field'],
    ['?measure=count&over=1s', 'over: not hour'],
    ['?measure=count&by=tag&top=1001', 'top: not a whole number'],
  ])('are refused with what was wrong: %s', async (search, message) => {
    const reply = await app.request(AGGREGATE + search)
    expect(reply.status).toBe(400)
    const { error } = (await reply.json()) as { readonly error: { readonly message: string } }
    expect(error.message).toContain(message)
  })
})
