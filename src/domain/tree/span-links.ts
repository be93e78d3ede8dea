/** In place of a parent's index: a top span. */
export const TOP = -1
/** In place of a parent's index: the parent is not in the list. */
export const MISSING = -2

/** Who hangs under whom, by index: a source that knows it saves looking every id up. */
export interface SpanLinks {
  /** Index of the parent (of equal ids the first), `TOP` or `MISSING`. */
  readonly parents: Int32Array
  /** Indices of the spans whose id an earlier one has. */
  readonly repeated: readonly number[]
}
