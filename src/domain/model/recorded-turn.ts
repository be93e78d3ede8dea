import type { Trace, TraceFacets } from './trace.ts'

/**
 * A turn as its bot recorded it, whole: what the turn API takes. It has no spans of its own; `trace.spans` names
 * where the provider keeps them, or is null.
 */
export interface RecordedTurn {
  /** Recording it again under the same id replaces it. */
  readonly trace: Trace
  readonly facets: TraceFacets
}
