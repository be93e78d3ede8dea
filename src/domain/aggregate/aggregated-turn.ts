import type { AttributeValue, Usage } from '../model/span.ts'
import type { TraceRow } from '../model/trace.ts'
import type { DurationMicros } from '../model/units.ts'

/** A span as far as aggregates look at it. */
export interface AggregatedSpan {
  readonly name: string
  readonly kind: string
  readonly service: string
  /** null while it is running. */
  readonly duration: DurationMicros | null
  readonly selfTime: DurationMicros | null
  /** It failed itself, be it made good or not. */
  readonly failed: boolean
  readonly part: string | null
  readonly withinTool: string | null
  readonly call: 'llm' | 'tool' | null
  readonly model?: string
  readonly provider?: string
  readonly tool?: string
  readonly vectorStore?: string
  readonly component?: string
  readonly errorType?: string
  readonly documents?: number
  /** Where the turn's measures count them: so that the sum over spans is the turn's. */
  readonly usage?: Usage
  readonly cost?: number
  /** Its values under a key, of its own and of the process that made it. */
  readonly attributes: (key: string) => readonly AttributeValue[]
}

/** A turn and its spans, raw copies left out. */
export interface AggregatedTurn {
  readonly row: TraceRow
  readonly spans: readonly AggregatedSpan[]
}
