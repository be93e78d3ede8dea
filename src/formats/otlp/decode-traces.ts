import { saysCut } from '../../domain/model/cut-text.ts'
import type { Span } from '../../domain/model/span.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from './guard/otlp-limits.ts'
import { ProblemList } from './guard/problem-list.ts'
import { Pace } from './guard/steps.ts'
import { ValueGuard } from './guard/value-guard.ts'
import { jsonGroups } from './json/json-groups.ts'
import { readJsonSpan } from './json/json-spans.ts'
import { readGroups } from './protobuf/protobuf-groups.ts'
import { readSpan } from './protobuf/protobuf-spans.ts'
import { ProtobufWire } from './protobuf/protobuf-wire.ts'
import { type RawSpan, type SpanOrigin, spanOf } from './raw-span.ts'

/** What could not be kept of an export. */
export interface RejectedSpans {
  /** Why spans were rejected, and how many were cut, in words. What was odd in each stands in `span.problems`. */
  readonly problems: readonly string[]
  /** How many spans were rejected. */
  readonly rejected: number
}

/** What an export of traces holds. */
export interface DecodedTraces extends RejectedSpans {
  readonly spans: readonly Span[]
}

/**
 * Gives an export's spans some at a time: whoever puts them into another form at once never holds all of
 * them. Nothing is to be kept of an export that turns out to be malformed.
 */
export type SpansInSteps = Generator<readonly Span[], RejectedSpans>

/** Gathers spans up to the limit. */
class SpanGatherer {
  private spans: Span[] = []
  private looked = 0
  private readonly problems = new ProblemList()
  private rejected = 0
  private cut = 0
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get isFull(): boolean {
    return this.looked >= this.limit
  }

  add(raw: RawSpan, origin: SpanOrigin, noted: ProblemList): void {
    this.looked += 1
    const span = spanOf(raw, origin, noted)
    if ('rejected' in span) this.reject(1, span.rejected)
    else {
      this.spans.push(span)
      if (saysCut(span.problems)) this.cut += 1
    }
  }

  reject(count: number, problem: string): void {
    this.rejected += count
    this.problems.add(problem)
  }

  rejectBeyondLimit(count: number): void {
    if (count > 0) this.reject(count, `${count} spans rejected: a request may hold ${this.limit}`)
  }

  /** Those since the last time. */
  take(): readonly Span[] {
    const { spans } = this
    this.spans = []
    return spans
  }

  done(): RejectedSpans {
    const problems = this.problems.list()
    if (this.cut > 0) problems.push(`${this.cut} spans hold texts that were cut: their problems say which`)
    return { problems, rejected: this.rejected }
  }
}

const NAMES = {
  groups: 'resourceSpans',
  scopes: ['scopeSpans', 'instrumentationLibrarySpans'],
  records: ['spans', 'spans'],
} as const

/** Adds records one by one until there are too many, pausing so often that nothing else waits long. */
function* gather<Raw>(
  gatherer: SpanGatherer,
  records: readonly Raw[],
  pace: Pace,
  { parts }: ValueGuard,
  add: (record: Raw) => void,
): Generator<readonly Span[], void> {
  let read = 0
  for (const record of records) {
    if (gatherer.isFull) break
    parts.begin()
    add(record)
    read += 1
    if (pace.isPauseDue(parts.sinceBegin)) yield gatherer.take()
  }
  gatherer.rejectBeyondLimit(records.length - read)
}

/**
 * Reads an ExportTraceServiceRequest as OTLP/JSON, already parsed, a step of some records at a time.
 * @throws NotOtlpError where it is no such export, OverLimitError where it holds too many parts.
 */
export function* decodeTracesJsonInSteps(
  value: unknown,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): SpansInSteps {
  const guard = new ValueGuard(limits)
  const gatherer = new SpanGatherer(limits.records)
  const pace = new Pace()
  for (const group of jsonGroups(value, NAMES, guard)) {
    if (group === null) yield gatherer.take()
    else
      yield* gather(gatherer, group.records, pace, guard, (record) =>
        gatherer.add(readJsonSpan(record, guard), group, guard.problems),
      )
  }
  yield gatherer.take()
  return gatherer.done()
}

/**
 * Reads an ExportTraceServiceRequest as protobuf, a step of some records at a time. No bytes are a valid, empty one.
 * @throws NotOtlpError where the bytes are malformed, OverLimitError where they hold too many parts.
 */
export function* decodeTracesProtobufInSteps(
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): SpansInSteps {
  const wire = new ProtobufWire(bytes, limits)
  const gatherer = new SpanGatherer(limits.records)
  const pace = new Pace()
  for (const group of readGroups(wire)) {
    if (group === null) yield gatherer.take()
    else
      yield* gather(gatherer, group.positions, pace, wire.guard, (position) =>
        gatherer.add(readSpan(wire, position), group, wire.guard.problems),
      )
  }
  yield gatherer.take()
  return gatherer.done()
}

const whole = (steps: SpansInSteps): DecodedTraces => {
  const spans: Span[] = []
  for (;;) {
    const step = steps.next()
    if (step.done) return { spans, ...step.value }
    for (const span of step.value) spans.push(span)
  }
}

/** `decodeTracesJsonInSteps` in one go. @testing */
export const decodeTracesJson = (value: unknown, limits: OtlpLimits = DEFAULT_OTLP_LIMITS): DecodedTraces =>
  whole(decodeTracesJsonInSteps(value, limits))

/** `decodeTracesProtobufInSteps` in one go. @testing */
export const decodeTracesProtobuf = (
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): DecodedTraces => whole(decodeTracesProtobufInSteps(bytes, limits))
