import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId, type TraceId, traceId } from '../../domain/model/units.ts'
import type { Search } from './query-api.ts'
import { coverageOf } from './reply-coverage.ts'

const FROM = 1_000
const TO = 2_000
const BOT: Search = { service: 'bot' }

const span = (trace: TraceId, start: number, service = 'bot'): Span => ({
  traceId: trace,
  spanId: spanId('0000000000000001'),
  parentId: null,
  name: 'step',
  otelKind: 'internal',
  startTime: micros(start),
  duration: durationMicros(1),
  status: { code: 'unset' },
  attributes: {},
  events: [],
  links: [],
  resource: { 'service.name': service },
  scope: { name: 'test' },
})

/** A reply to a search for `limit` traces whose spans begin at these moments. */
const reply = (limit: number, ...traces: readonly (readonly number[])[]) => ({
  traces: new Map(
    traces.map((starts, index) => {
      const id = traceId((index + 1).toString(16).padStart(32, '0'))
      return [id, starts.map((start) => span(id, start))] as const
    }),
  ),
  problems: [],
  limit,
  bytes: 1,
})

const cover = (limit: number, traces: readonly (readonly number[])[], search = BOT, isBounded = true) =>
  coverageOf(reply(limit, ...traces), search, FROM, TO, isBounded)

describe('what a reply covers', () => {
  it('is all of it where fewer spans match than are read', () => {
    expect(cover(2, [[1_100, 1_200, 1_300, 1_400, 1_500]])).toMatchObject({ from: FROM, matching: 5 })
    expect(cover(2, [])).toMatchObject({ from: FROM, matching: 0 })
  })

  it('ends behind the oldest row that was read where there are as many, whatever else the traces hold', () => {
    expect(cover(2, [[1_100, 1_200, 1_300, 1_400, 1_500, 1_600]]).from).toBe(1_101)
    expect(cover(2, [[900, 1_050, 1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 2_100]]).from).toBe(1_101)
    expect(cover(2, [[1_100, 1_200, 1_300, 1_400, 1_500, 1_600]], BOT, false).from).toBe(FROM)
  })

  it('is nothing where as many traces came as were asked for', () => {
    expect(cover(2, [[1_100], [1_200]]).from).toBe(TO)
    expect(cover(1, [[1_100, 1_200, 1_300, 1_400]], BOT, false).from).toBe(TO)
  })

  it('is likely to be a part from when on a quarter of them show up', () => {
    const at = [1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 1_700, 1_800].map((start) => [start, start - 50])
    expect(cover(8, at)).toMatchObject({ from: TO, likelyFrom: 1_600, emptyFrom: 1_801 })
    expect(cover(9, at)).not.toHaveProperty('likelyFrom')
  })

  it('counts the spans of the service that was asked for', () => {
    const id = traceId('1'.padStart(32, '0'))
    const spans = Array.from({ length: 9 }, (_, at) => span(id, 1_100 + at, at < 3 ? 'bot' : 'tools'))
    const found = { ...reply(1), traces: new Map([[id, spans]]), limit: 2 }
    expect(coverageOf(found, BOT, FROM, TO, true)).toEqual({ from: FROM, matching: 3, readsOn: false })
  })

  describe('shows that a storage reads on', () => {
    const SIX = [1_500, 1_510, 1_520, 1_530, 1_540, 1_550]
    /** A third trace would be as many as were asked for. */
    const ask = (long: readonly number[], other: number, search = BOT) => cover(3, [long, [other]], search)
    const NINE = [...SIX, 1_560, 1_570, 1_580]

    it('where a trace is found by none of the newest rows', () => {
      expect(ask(NINE, 1_100)).toEqual({ from: FROM, matching: 10, readsOn: true })
      expect(cover(2, [NINE, [1_100]])).toMatchObject({ from: TO, matching: 10, readsOn: true })
    })

    it.each([
      ['it is among them', NINE, 1_545, BOT],
      ['it is the oldest of them', NINE.slice(1), 1_100, BOT],
      ['spans of one moment may share a row', [...SIX, 1_550, 1_550, 1_550], 1_100, BOT],
      ['it stands on the bound', NINE, FROM, BOT],
      ['spans of one name are searched for', NINE, 1_100, { service: 'bot', operation: 'step' }],
      ['spans with a tag are', NINE, 1_100, { service: 'bot', tag: ['session.id', 'x'] }],
    ] as const)('not where %s', (_, long, other, search) => {
      const { readsOn, from } = ask(long, other, search)
      expect(readsOn).toBe(false)
      expect(from).toBeGreaterThan(FROM)
    })
  })
})
