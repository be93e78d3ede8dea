import type { Span } from '../../domain/model/span.ts'
import type { Micros, SpanId, TraceId } from '../../domain/model/units.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import type { Window } from '../walking/time-windows.ts'
import type { KnownTrace } from './known-traces.ts'

/** A trace that a stretch of time shows, and at which moment. */
export interface FoundTrace {
  readonly trace: KnownTrace
  readonly seenAt: Micros
}

export interface FoundTraces {
  readonly traces: readonly FoundTrace[]
  /** As in a window's reply. */
  readonly coveredFrom: Micros
  readonly problems: readonly string[]
}

/** What each of Langfuse's read APIs is asked for; all answers are in the same terms. */
export interface Dialect {
  /** Traces that show up between two moments, the newest first, down to where they are all there is. */
  readonly find: (window: Window, query: TraceQuery, signal: AbortSignal) => Promise<FoundTraces>
  /** Those that are there. */
  readonly byIds: (ids: readonly TraceId[], signal: AbortSignal) => Promise<readonly KnownTrace[]>
  /** Spans with their texts and metadata, those that are there. */
  readonly payloads: (
    trace: KnownTrace,
    spans: readonly SpanId[],
    signal: AbortSignal,
  ) => Promise<readonly Span[]>
  /** All of them, in order of time. */
  readonly stream: (trace: KnownTrace, signal: AbortSignal) => AsyncGenerator<readonly Span[]>
}

/** A moment as the API takes it: to the millisecond, the stretch rather too long than too short. */
export const fromText = (at: number): string => new Date(Math.floor(at / 1000)).toISOString()
export const toText = (at: number): string => new Date(Math.ceil(at / 1000)).toISOString()

/** Whether anything was said before it in the same ms is not known: down to where a page that was cut is whole. */
export const coveredDownTo = (lastStart: number): number => (Math.floor(lastStart / 1000) + 1) * 1000
