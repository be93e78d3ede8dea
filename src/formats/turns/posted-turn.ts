import type { AttributeValue } from '../../domain/model/span.ts'
import type { Feedback, Metrics, RecordedChange, TraceStatus } from '../../domain/model/trace.ts'
import type { DurationMicros, Micros } from '../../domain/model/units.ts'

/** One turn as the turn API takes it, checked at the door: times read, ids printable. */
export interface PostedTurn {
  readonly traceId?: string | undefined
  readonly startTime: Micros
  readonly endTime?: Micros | undefined
  readonly duration?: DurationMicros | undefined
  readonly chatbot: {
    readonly id?: string | undefined
    readonly name: string
    readonly version?: string | undefined
  }
  readonly session: { readonly id: string }
  readonly participant?: { readonly id: string; readonly name?: string | undefined } | undefined
  readonly input: string
  readonly output?: string | undefined
  readonly status?: TraceStatus | undefined
  readonly error?: string | undefined
  readonly participantData?:
    | {
        readonly before: AttributeValue
        readonly after?: AttributeValue | undefined
        readonly changes?: readonly RecordedChange[] | undefined
      }
    | undefined
  readonly sessionData?: AttributeValue | undefined
  readonly metrics?: { readonly [Name in keyof Metrics]?: Metrics[Name] | undefined } | undefined
  readonly tags?: readonly string[] | undefined
  readonly environment?: string | undefined
  readonly channel?: string | undefined
  readonly feedback?:
    | readonly {
        readonly name: string
        readonly value?: Feedback['value'] | undefined
        readonly comment?: string | undefined
      }[]
    | undefined
  readonly provider?:
    | { readonly source: string; readonly traceId: string; readonly url?: string | undefined }
    | undefined
}
