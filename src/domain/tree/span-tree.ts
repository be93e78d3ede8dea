import type { SpanOutline, SpanState } from '../model/span.ts'
import type { Micros, SpanId } from '../model/units.ts'
import { type IdIndex, indexIds } from './id-index.ts'
import { MISSING, type SpanLinks, TOP } from './span-links.ts'

/** What is odd about a span's place, as bits of `SpanTree.marks`. */
export const MARK = {
  /** Its parent is not in the trace. */
  orphan: 1,
  /** Its ancestors lead back to it: shown as a top span. */
  cycle: 2,
  /** It names itself as its parent: shown as a top span. */
  selfParent: 4,
  /** An earlier span has the same id; children stand under that one. */
  duplicateId: 8,
  /** It starts before its parent or ends before it starts: the clocks disagree. */
  skew: 16,
} as const
export type Mark = keyof typeof MARK

/**
 * A trace's spans as a tree in rows, parents before children, siblings by start and then as given.
 * Arrays are indexed by row. Whatever was given stands in it exactly once (raw copies apart).
 */
export interface SpanTree {
  readonly size: number
  readonly spans: readonly SpanOutline[]
  /** Where each row's span stood among those given. */
  readonly given: Int32Array
  /** Row of the parent; -1 for top spans and for what hangs on nothing. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  /** Rows of the whole subtree, the span itself among them: the next sibling is at row + this. */
  readonly subtree: Int32Array
  readonly marks: Uint8Array
  /** µs since the trace's start. */
  readonly start: Float64Array
  /** µs since the trace's start; a span still running ends with the trace. */
  readonly end: Float64Array
  /** From here on rows are the marked group of orphans and cycles; `size` where there are none. */
  readonly firstOrphan: number
  readonly startTime: Micros
  /** µs from the first start to the last end. */
  readonly extent: number
  /** Rows of spans that failed themselves. */
  readonly errors: Int32Array
  /** Rows of those and of spans whose failure was made good. */
  readonly failures: Int32Array
  /** Raw copies left out; their children hang on what they copied into. */
  readonly hiddenCopies: number
  /** The row of a span; -1 where the tree does not have it. Of equal ids the first given. */
  readonly rowOf: (id: SpanId) => number
}

export interface SpanTreeOptions {
  /** Whether outlines marked as duplicates (raw copies of a request) stand in the tree too. */
  readonly withCopies?: boolean
  /** The outlines' own, where they are known. */
  readonly links?: SpanLinks | undefined
}

/** Clocks of one machine differ by their resolution; beyond this they disagree. */
const SKEW_TOLERANCE = 1_000

/** Builds the tree of any outlines, in any order, without recursion. */
export function buildSpanTree(outlines: readonly SpanOutline[], options: SpanTreeOptions = {}): SpanTree {
  const markOf = new Uint8Array(outlines.length)
  const { links } = options
  const ids = links ? null : indexOf(outlines, (index) => (markOf[index] = MARK.duplicateId))
  if (links) for (const index of links.repeated) markOf[index] = MARK.duplicateId
  const hidden = options.withCopies === true ? null : hiddenCopies(outlines)
  const parentOf = ids ? parentIndices(outlines, ids, markOf) : knownParents(outlines, links, markOf)
  if (hidden !== null) skipHidden(parentOf, hidden)
  breakCycles(outlines, parentOf, markOf, hidden)
  const times = readTimes(outlines)
  const placed = placeRows(outlines.length, parentOf, markOf, byStart(times.start), hidden)
  // Loops, for `Array.from` and its like cost more than all the rest at 100,000 spans.
  const size = placed.order.length
  const spans = new Array<SpanOutline>(size)
  const start = new Float64Array(size)
  const end = new Float64Array(size)
  const marks = new Uint8Array(size)
  const rowAt = new Int32Array(outlines.length).fill(-1)
  for (let row = 0; row < size; row++) {
    const index = placed.order[row] as number
    spans[row] = outlines[index] as SpanOutline
    start[row] = times.start[index] as number
    end[row] = times.end[index] as number
    marks[row] = markOf[index] as number
    rowAt[index] = row
  }
  markSkew(spans, placed.parent, start, marks)
  return {
    size,
    spans,
    given: placed.order,
    parent: placed.parent,
    depth: placed.depth,
    subtree: placed.subtree,
    marks,
    start,
    end,
    firstOrphan: placed.firstOrphan,
    startTime: times.startTime,
    extent: times.extent,
    errors: rowsIn(spans, ERRORS),
    failures: rowsIn(spans, FAILURES),
    hiddenCopies: outlines.length - size,
    rowOf: rowFinder(outlines, rowAt, ids),
  }
}

const indexOf = (outlines: readonly SpanOutline[], repeated: (index: number) => void): IdIndex =>
  indexIds(outlines.length, (index) => (outlines[index] as SpanOutline).spanId, repeated)

/** So many look-ups cost less than an index. */
const FEW = 8

function rowFinder(outlines: readonly SpanOutline[], rowAt: Int32Array, ids: IdIndex | null) {
  let index = ids
  let looked = 0
  return (id: SpanId): number => {
    if (!index && ++looked > FEW) index = indexOf(outlines, () => {})
    const at = index ? index.find(id) : outlines.findIndex((one) => one.spanId === id)
    return at < 0 ? -1 : (rowAt[at] as number)
  }
}

function knownParents(
  outlines: readonly SpanOutline[],
  links: SpanLinks | undefined,
  markOf: Uint8Array,
): Int32Array {
  const parentOf = Int32Array.from(links?.parents ?? [])
  const top = (index: number) => {
    parentOf[index] = TOP
    markOf[index] = (markOf[index] as number) | MARK.selfParent
  }
  for (let index = 0; index < parentOf.length; index++) if (parentOf[index] === index) top(index)
  for (const index of links?.repeated ?? []) {
    const { spanId, parentId } = outlines[index] as SpanOutline
    if (parentId === spanId) top(index)
  }
  return parentOf
}

function hiddenCopies(outlines: readonly SpanOutline[]): Uint8Array | null {
  if (!outlines.some((one) => one.duplicate === true)) return null
  return Uint8Array.from(outlines, (one) => (one.duplicate === true ? 1 : 0))
}

/** Index of each span's parent, TOP or MISSING. */
function parentIndices(outlines: readonly SpanOutline[], ids: IdIndex, markOf: Uint8Array): Int32Array {
  const parentOf = new Int32Array(outlines.length)
  // Siblings mostly arrive together: the last answer saves most look-ups.
  let lastId: SpanId | null = null
  let lastIndex = TOP
  for (let index = 0; index < outlines.length; index++) {
    const { spanId, parentId } = outlines[index] as SpanOutline
    if (parentId === null) parentOf[index] = TOP
    else if (parentId === spanId) {
      parentOf[index] = TOP
      markOf[index] = (markOf[index] as number) | MARK.selfParent
    } else {
      if (parentId !== lastId) {
        lastId = parentId
        lastIndex = ids.find(parentId)
        if (lastIndex < 0) lastIndex = MISSING
      }
      parentOf[index] = lastIndex
    }
  }
  return parentOf
}

/** Past hidden copies to the first ancestor that is shown. */
function skipHidden(parentOf: Int32Array, hidden: Uint8Array): void {
  const walked: number[] = []
  const settled = new Uint8Array(parentOf.length)
  for (let index = 0; index < parentOf.length; index++) {
    let above = parentOf[index] as number
    // A hidden copy that was walked through is settled for good, so every chain is walked once.
    while (above >= 0 && hidden[above] === 1 && settled[above] === 0) {
      settled[above] = 1
      walked.push(above)
      above = parentOf[above] as number
    }
    if (above >= 0 && hidden[above] === 1) above = walked.includes(above) ? TOP : (parentOf[above] as number)
    for (const copy of walked) parentOf[copy] = above
    walked.length = 0
    parentOf[index] = above === index ? TOP : above
  }
}

/** Makes the earliest span of each ring of parents a top span. */
function breakCycles(
  outlines: readonly SpanOutline[],
  parentOf: Int32Array,
  markOf: Uint8Array,
  hidden: Uint8Array | null,
): void {
  const walk = new Int32Array(outlines.length)
  for (let index = 0; index < outlines.length; index++) {
    if (hidden?.[index] === 1) continue
    let at = index
    while (at >= 0 && walk[at] === 0) {
      walk[at] = index + 1
      at = parentOf[at] as number
    }
    if (at < 0 || walk[at] !== index + 1) continue
    let first = at
    for (let ring = parentOf[at] as number; ring !== at; ring = parentOf[ring] as number) {
      const earlier = startOf(outlines[ring]) - startOf(outlines[first])
      if (earlier < 0 || (earlier === 0 && ring < first)) first = ring
    }
    parentOf[first] = TOP
    markOf[first] = (markOf[first] as number) | MARK.cycle
  }
}

const startOf = (outline: SpanOutline | undefined) => outline?.startTime ?? 0

function readTimes(outlines: readonly SpanOutline[]) {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  const start = new Float64Array(outlines.length)
  const end = new Float64Array(outlines.length)
  // A rating may come a day later: the axis is that of the turn's own work.
  let rated = Number.NEGATIVE_INFINITY
  for (let index = 0; index < outlines.length; index++) {
    const { startTime, duration, kind } = outlines[index] as SpanOutline
    start[index] = startTime
    end[index] = startTime + Math.max(0, duration ?? 0)
    if (startTime < first) first = startTime
    if (kind === 'feedback') rated = Math.max(rated, end[index] as number)
    else if ((end[index] as number) > last) last = end[index] as number
  }
  if (last === Number.NEGATIVE_INFINITY) last = rated
  const known = Number.isFinite(first) && Number.isFinite(last)
  const startTime = (known ? first : 0) as Micros
  const extent = known ? last - first : 0
  for (let index = 0; index < outlines.length; index++) {
    const offset = (start[index] as number) - startTime
    const until = (end[index] as number) - startTime
    start[index] = Number.isFinite(offset) ? offset : 0
    end[index] = outlines[index]?.duration === null ? extent : Number.isFinite(until) ? until : 0
  }
  return { start, end, startTime, extent }
}

/** Indices by start, ties as given. */
function byStart(start: Float64Array): Uint32Array {
  const count = start.length
  const order = new Uint32Array(count)
  let highest = 0
  let sorted = true
  for (let index = 0; index < count; index++) {
    const value = start[index] as number
    order[index] = index
    if (value > highest) highest = value
    if (index > 0 && value < (start[index - 1] as number)) sorted = false
  }
  if (sorted) return order
  const scale = 2 ** Math.ceil(Math.log2(count + 1))
  if (highest * scale >= 2 ** 53)
    return order.sort((a, b) => (start[a] as number) - (start[b] as number) || a - b)
  // Start and index in one number: sorted natively, several times faster than by a comparison.
  const keys = new Float64Array(count)
  for (let index = 0; index < count; index++) keys[index] = Math.round(start[index] as number) * scale + index
  keys.sort()
  for (let at = 0; at < count; at++) {
    const key = keys[at] as number
    order[at] = key - Math.floor(key / scale) * scale
  }
  return order
}

function placeRows(
  count: number,
  parentOf: Int32Array,
  markOf: Uint8Array,
  sorted: Uint32Array,
  hidden: Uint8Array | null,
) {
  const firstChild = new Int32Array(count).fill(-1)
  const nextSibling = new Int32Array(count).fill(-1)
  const roots: number[] = []
  const detached: number[] = []
  for (let at = count - 1; at >= 0; at--) {
    const index = sorted[at] as number
    if (hidden?.[index] === 1) continue
    const parent = parentOf[index] as number
    if (parent >= 0) {
      nextSibling[index] = firstChild[parent] as number
      firstChild[parent] = index
    } else if (parent === MISSING || ((markOf[index] as number) & MARK.cycle) !== 0) detached.push(index)
    else roots.push(index)
  }
  // One top span whose caller lies outside the trace is its root.
  const only = detached[0]
  if (roots.length === 0 && detached.length === 1 && only !== undefined && parentOf[only] === MISSING)
    roots.push(detached.pop() as number)
  for (const index of detached)
    if (parentOf[index] === MISSING) markOf[index] = (markOf[index] as number) | MARK.orphan

  const order = new Int32Array(count)
  let size = 0
  const rowOf = new Int32Array(count)
  const parent = new Int32Array(count)
  const depth = new Int32Array(count)
  const stack = [...detached, ...roots]
  let firstOrphan = -1
  while (stack.length > 0) {
    const index = stack.pop() as number
    const row = size++
    if (firstOrphan < 0 && stack.length < detached.length && isTop(parentOf, index)) firstOrphan = row
    order[row] = index
    rowOf[index] = row
    const above = parentOf[index] as number
    parent[row] = above < 0 ? -1 : (rowOf[above] as number)
    depth[row] = above < 0 ? 0 : (depth[parent[row] as number] as number) + 1
    const sibling = nextSibling[index] as number
    const child = firstChild[index] as number
    if (sibling >= 0) stack.push(sibling)
    if (child >= 0) stack.push(child)
  }
  const subtree = new Int32Array(size).fill(1)
  for (let row = size - 1; row > 0; row--) {
    const above = parent[row] as number
    if (above >= 0) subtree[above] = (subtree[above] as number) + (subtree[row] as number)
  }
  return {
    order: order.subarray(0, size),
    parent: parent.subarray(0, size),
    depth: depth.subarray(0, size),
    subtree,
    firstOrphan: firstOrphan < 0 ? size : firstOrphan,
  }
}

const isTop = (parentOf: Int32Array, index: number) => (parentOf[index] as number) < 0

function markSkew(spans: readonly SpanOutline[], parent: Int32Array, start: Float64Array, marks: Uint8Array) {
  for (let row = 0; row < spans.length; row++) {
    const above = parent[row] as number
    const early = above >= 0 && (start[row] as number) < (start[above] as number) - SKEW_TOLERANCE
    const duration = spans[row]?.duration ?? 0
    if (early || duration < 0) marks[row] = (marks[row] as number) | MARK.skew
  }
}

const ERRORS: ReadonlySet<SpanState | undefined> = new Set<SpanState>(['error'])
const FAILURES: ReadonlySet<SpanState | undefined> = new Set<SpanState>(['error', 'recovered'])

function rowsIn(spans: readonly SpanOutline[], states: ReadonlySet<SpanState | undefined>): Int32Array {
  const rows: number[] = []
  for (let row = 0; row < spans.length; row++) if (states.has(spans[row]?.state)) rows.push(row)
  return Int32Array.from(rows)
}

/** The first of the rows after a row in tree order; -1 past the last. */
export const nextOf = (rows: Int32Array, row: number): number => rows[countBelow(rows, row + 1)] ?? -1

/** The last of the rows before a row in tree order; -1 before the first. */
export const previousOf = (rows: Int32Array, row: number): number => rows[countBelow(rows, row) - 1] ?? -1

/** How many of the sorted rows are smaller. */
function countBelow(rows: Int32Array, row: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle] as number) < row) low = middle + 1
    else high = middle
  }
  return low
}
