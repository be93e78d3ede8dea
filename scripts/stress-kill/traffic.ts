import type { RecordedTurn } from '../../src/domain/model/recorded-turn.ts'
import type { LogRecord, Span } from '../../src/domain/model/span.ts'
import { NO_FACETS } from '../../src/domain/model/trace.ts'
import { durationMicros, micros, spanId, traceId } from '../../src/domain/model/units.ts'

/** What is sent at once, and acknowledged at once. */
export type Parcel =
  | { readonly kind: 'spans' | 'import'; readonly spans: readonly Span[] }
  | { readonly kind: 'logs'; readonly logs: readonly LogRecord[] }
  | { readonly kind: 'turns'; readonly turns: readonly RecordedTurn[] }

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const SECOND = 1e6

interface Shape {
  readonly spans: number
  readonly perParcel: number
  /** A share of them is sent as running first. */
  readonly running: boolean
}
/** In order of how often: a bound on the number below 1, and what is made below it. */
const SHAPES: readonly (readonly [number, Shape])[] = [
  [0.6, { spans: 6, perParcel: 3, running: false }],
  [0.72, { spans: 120, perParcel: 40, running: true }],
  [0.92, { spans: 1_200, perParcel: 100, running: true }],
  [0.96, { spans: 1_001, perParcel: 77, running: false }],
  [1, { spans: 20_000, perParcel: 1_500, running: false }],
]

/** Parcels of one trace in the order in which they are sent: late, early, again, ended, logged. */
export function* traceOf(name: string, random: () => number, now: number): Generator<Parcel> {
  const number = random()
  const shape = (SHAPES.find(([bound]) => number < bound) ?? SHAPES[0])?.[1] as Shape
  const id = traceId(name)
  // Some begin earlier the later they are sent, as the spans of a tree do that ends from its leaves.
  const step = random() < 0.5 ? SECOND / 10 : -SECOND / 10
  const span = (index: number, running: boolean): Span => ({
    traceId: id,
    spanId: spanId(`s${index}`),
    parentId: index === 0 ? null : spanId('s0'),
    name: `step ${index % 7}`,
    otelKind: 'internal',
    // One that ends begins elsewhere than it was first said.
    startTime: micros(now + index * step + (running ? 500 * SECOND : 0)),
    duration: running ? null : durationMicros(1_000),
    status: { code: 'unset' },
    attributes: {},
    events: [],
    links: [],
    resource: { 'service.name': 'bot' },
    scope: { name: 'stress' },
  })
  const kind = random() < 0.25 ? 'import' : 'spans'
  if (random() < 0.2) yield { kind: 'turns', turns: [turnOf(name, now)] }
  for (let at = 0; at < shape.spans; at += shape.perParcel) {
    const count = Math.min(shape.perParcel, shape.spans - at)
    const running = shape.running && random() < 0.2
    const parcel = (asRunning: boolean): Parcel => ({
      kind,
      spans: Array.from({ length: count }, (_, index) => span(at + index, asRunning && index % 10 === 0)),
    })
    if (running) yield parcel(true)
    yield parcel(false)
    if (random() < 0.1) yield parcel(false)
    if (random() < 0.1) yield { kind: 'logs', logs: [logOf(name, at, now)] }
  }
}

const logOf = (name: string, index: number, now: number): LogRecord => ({
  traceId: traceId(name),
  spanId: spanId(`s${index}`),
  time: micros(now + index),
  severity: 9,
  body: `said ${index}`,
  attributes: {},
})

const turnOf = (name: string, now: number): RecordedTurn => ({
  facets: NO_FACETS,
  trace: {
    traceId: traceId(name),
    startTime: micros(now - 3_600 * SECOND),
    duration: durationMicros(500),
    status: 'ok',
    kind: 'turn',
    chatbot: { id: 'Fern', name: 'Fern' },
    input: `recorded ${name}`,
    metrics: {},
    tags: [],
    feedback: [],
    services: [],
    spans: null,
  },
})
