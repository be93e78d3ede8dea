import type { Span } from '../../domain/span.ts'
import { visitJsonGroups } from './json-groups.ts'
import { readJsonSpan } from './json-spans.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from './otlp-limits.ts'
import { ProblemList } from './problem-list.ts'
import { visitGroups } from './protobuf-groups.ts'
import { readSpan } from './protobuf-spans.ts'
import { ProtobufWire } from './protobuf-wire.ts'
import { type RawSpan, type SpanOrigin, spanOf } from './raw-span.ts'
import { ValueGuard } from './value-guard.ts'

/** What an export of traces holds. */
export interface DecodedTraces {
  readonly spans: readonly Span[]
  /** Why spans were rejected, in words. What was odd in a span that was kept stands in `span.problems`. */
  readonly problems: readonly string[]
  /** How many spans were rejected. */
  readonly rejected: number
}

/** Gathers spans up to the limit. */
class SpanGatherer {
  private readonly spans: Span[] = []
  private readonly problems = new ProblemList()
  private rejected = 0
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get isFull(): boolean {
    return this.spans.length >= this.limit
  }

  add(raw: RawSpan, origin: SpanOrigin, noted: ProblemList): void {
    const span = spanOf(raw, origin, noted)
    if ('rejected' in span) this.reject(1, span.rejected)
    else this.spans.push(span)
  }

  reject(count: number, problem: string): void {
    this.rejected += count
    this.problems.add(problem)
  }

  rejectBeyondLimit(count: number): void {
    if (count > 0) this.reject(count, `${count} spans rejected: a request may hold ${this.limit}`)
  }

  done(): DecodedTraces {
    return { spans: this.spans, problems: this.problems.list(), rejected: this.rejected }
  }
}

const NAMES = {
  groups: 'resourceSpans',
  scopes: ['scopeSpans', 'instrumentationLibrarySpans'],
  records: ['spans', 'spans'],
} as const

/**
 * Reads an ExportTraceServiceRequest as OTLP/JSON, already parsed.
 * @throws NotOtlpError where it is no such export.
 */
export const decodeTracesJson = (value: unknown, limits: OtlpLimits = DEFAULT_OTLP_LIMITS): DecodedTraces => {
  const guard = new ValueGuard(limits)
  const gatherer = new SpanGatherer(limits.records)
  visitJsonGroups(value, NAMES, guard, (origin, records) => {
    let read = 0
    for (const record of records) {
      if (gatherer.isFull) break
      gatherer.add(readJsonSpan(record, guard), origin, guard.problems)
      read += 1
    }
    gatherer.rejectBeyondLimit(records.length - read)
  })
  return gatherer.done()
}

/**
 * Reads an ExportTraceServiceRequest as protobuf. No bytes are a valid, empty one.
 * @throws NotOtlpError where the bytes are malformed.
 */
export const decodeTracesProtobuf = (
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): DecodedTraces => {
  const wire = new ProtobufWire(bytes, limits)
  const gatherer = new SpanGatherer(limits.records)
  visitGroups(wire, (group) => {
    let read = 0
    for (const position of group.positions) {
      if (gatherer.isFull) break
      gatherer.add(readSpan(wire, position), group, wire.guard.problems)
      read += 1
    }
    gatherer.rejectBeyondLimit(group.positions.length - read)
  })
  return gatherer.done()
}
