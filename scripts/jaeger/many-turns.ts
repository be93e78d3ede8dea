import type { Span } from '../../src/domain/model/span.ts'
import { durationMicros, micros, spanId, type TraceId, traceId } from '../../src/domain/model/units.ts'
import { Random } from '../../src/sources/sample/random.ts'

const SECOND = 1e6
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export interface DrawnTurn {
  readonly traceId: TraceId
  /** µs */
  readonly start: number
  readonly failed: boolean
  readonly session: string
  /** The first is the root. */
  readonly spans: readonly Span[]
}

export interface Drawing {
  readonly turns: number
  /** Nothing begins later, µs. */
  readonly until: number
  readonly seed: number
  /** How many begin within one and the same millisecond. */
  readonly largestBurst: number
}

/** Millisecond-wide bursts beside the large one, and what is in each. */
const BURSTS = 20
const BURST = 150
const SPREAD = 10 * HOUR
const SESSIONS = 400

function spanAt(turn: Omit<DrawnTurn, 'spans'>, at: number, start: number, length: number): Span {
  const id = `${turn.traceId.slice(16)}`
  const root = spanId(`${id.slice(0, 15)}f`)
  const failed = turn.failed && at === 0
  return {
    traceId: turn.traceId,
    spanId: at === 0 ? root : spanId(`${id.slice(0, 15)}${at.toString(16)}`),
    parentId: at === 0 ? null : root,
    name: at === 0 ? 'turn' : 'step',
    otelKind: at === 0 ? 'server' : 'internal',
    startTime: micros(start),
    duration: durationMicros(length),
    status: failed ? { code: 'error', message: 'no answer' } : { code: 'unset' },
    attributes: at === 0 ? { 'session.id': turn.session } : { step: at },
    events: [],
    links: [],
    resource: { 'service.name': 'bot' },
    scope: { name: 'test' },
  }
}

/**
 * Turns of one service: spread out over ten hours, in bursts of a millisecond, and some with a step that stands
 * hours after their beginning.
 */
export function drawTurns({ turns, until, seed, largestBurst }: Drawing): readonly DrawnTurn[] {
  const random = new Random(seed, turns)
  const somewhere = () => until - random.int(HOUR, SPREAD)
  const bursts = Array.from({ length: BURSTS }, somewhere)
  const large = until - 3 * HOUR
  return Array.from({ length: turns }, (_, index) => {
    const burst = Math.floor((index - largestBurst) / BURST)
    const start =
      index < largestBurst
        ? large + random.int(0, 999)
        : burst < BURSTS
          ? (bursts[burst] ?? large) + random.int(0, 999)
          : somewhere()
    // In no order of time, as ids are.
    const id = `${(Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}${index.toString(16).padStart(8, '0')}`
    const turn = {
      traceId: traceId(`${seed.toString(16).padStart(16, 'a')}${id.slice(0, 8)}${id.slice(9)}0`),
      start,
      failed: random.chance(0.02),
      session: `session ${random.int(0, SESSIONS - 1)}`,
    }
    const steps = random.int(0, 3)
    const isLong = random.chance(0.05)
    const spans = [spanAt(turn, 0, start, isLong ? HOUR : SECOND)]
    for (let at = 1; at <= steps; at++)
      spans.push(
        spanAt(turn, at, start + (isLong ? random.int(0, 55 * MINUTE) : random.int(1, 900_000)), 500),
      )
    return { ...turn, spans }
  })
}

/** One more step of a turn, which arrives long after the others. */
export const lateSpan = (turn: DrawnTurn): Span => spanAt(turn, 14, turn.start + 700, 100)

/** As a table has them: newest first, then by id. */
export const inTableOrder = (turns: readonly DrawnTurn[]): readonly TraceId[] =>
  [...turns]
    .sort((a, b) => b.start - a.start || (a.traceId < b.traceId ? 1 : -1))
    .map(({ traceId: id }) => id)
