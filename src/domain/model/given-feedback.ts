import type { Feedback } from './trace.ts'
import type { TraceId } from './units.ts'

/** Feedback that was given on a turn by itself, perhaps long after it. The same id again replaces it. */
export interface GivenFeedback extends Feedback {
  readonly id: string
  readonly traceId: TraceId
}
