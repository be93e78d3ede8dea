import { diffArrays } from 'diff'
import type { AttributeValue } from '../model/span.ts'
import { type DataObject, type IdentityOf, isArray, isObject } from './value-identity.ts'

/** How the items of a later array come from those of an earlier one. */
export interface Alignment {
  /** By index of the later array: the index it comes from, -1 for a new item. */
  readonly source: Int32Array
  /** Indices of the later array whose items changed their order among the items kept. */
  readonly moved: ReadonlySet<number>
  /** Indices of the earlier array that nothing comes from. */
  readonly removed: readonly number[]
}

/** Keys that tell which item is which, the surest first. */
const ID_KEYS = ['id', '_id', 'uuid', 'uid', 'guid', 'key', 'slug', 'code', 'name', 'title'] as const
/** Beyond so many edits arrays without ids are compared index by index. */
const MAX_EDITS = 400

type Items = readonly AttributeValue[]

/** Aligns two arrays: by an id key where every item of both has one, else by equal items. */
export function alignArrays(before: Items, after: Items, identityOf: IdentityOf): Alignment {
  const source =
    alignById(before, after) ?? alignByValue(before.map(identityOf), after.map(identityOf), before, after)
  const used = new Uint8Array(before.length)
  for (const index of source) if (index >= 0) used[index] = 1
  const removed: number[] = []
  for (let index = 0; index < before.length; index++) if (used[index] === 0) removed.push(index)
  return { source, moved: outOfOrder(source), removed }
}

function alignById(before: Items, after: Items): Int32Array | null {
  if (before.length === 0 || after.length === 0) return null
  if (!before.every(isObject) || !after.every(isObject)) return null
  for (const key of ID_KEYS) {
    const old = idsBy(key, before as readonly DataObject[])
    const current = old && idsBy(key, after as readonly DataObject[])
    if (!old || !current) continue
    const source = new Int32Array(after.length).fill(-1)
    for (const [id, index] of current) source[index] = old.get(id) ?? -1
    return source
  }
  return null
}

/** Index by id; null where an item lacks it, holds no text or number there, or repeats another's. */
function idsBy(key: string, items: readonly DataObject[]): Map<string | number, number> | null {
  const ids = new Map<string | number, number>()
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as DataObject
    const id = Object.hasOwn(item, key) ? item[key] : null
    if ((typeof id !== 'string' && typeof id !== 'number') || ids.has(id)) return null
    ids.set(id, index)
  }
  return ids
}

function alignByValue(old: number[], current: number[], before: Items, after: Items): Int32Array {
  const source = new Int32Array(current.length).fill(-1)
  let head = 0
  while (head < old.length && head < current.length && old[head] === current[head]) {
    source[head] = head
    head += 1
  }
  let tail = 0
  const shorter = Math.min(old.length, current.length) - head
  while (tail < shorter && old[old.length - 1 - tail] === current[current.length - 1 - tail]) {
    source[current.length - 1 - tail] = old.length - 1 - tail
    tail += 1
  }
  const gaps = gapsBetween(
    old.slice(head, old.length - tail),
    current.slice(head, current.length - tail),
    (at, from) => {
      source[head + at] = head + from
    },
  )
  const shifted = gaps.map(({ removed, added }) => ({
    removed: removed.map((index) => index + head),
    added: added.map((index) => index + head),
  }))
  takeMoved(shifted, old, current, source)
  for (const gap of shifted) pairUp(gap, before, after, source)
  return source
}

interface Gap {
  removed: number[]
  added: number[]
}

/** What stands between the items that both have; those are told to `keep`. */
function gapsBetween(old: number[], current: number[], keep: (at: number, from: number) => void): Gap[] {
  const all = (items: number[]) => items.map((_, index) => index)
  const edits = diffArrays(old, current, { maxEditLength: MAX_EDITS })
  if (edits === undefined) return [{ removed: all(old), added: all(current) }]
  const gaps: Gap[] = []
  let gap: Gap = { removed: [], added: [] }
  let from = 0
  let at = 0
  for (const { added, removed, count } of edits) {
    if (!added && !removed) {
      gaps.push(gap)
      gap = { removed: [], added: [] }
    }
    for (let step = 0; step < count; step++) {
      if (removed) gap.removed.push(from++)
      else if (added) gap.added.push(at++)
      else keep(at++, from++)
    }
  }
  gaps.push(gap)
  return gaps
}

/** An item that left one place and stands in another moved. */
function takeMoved(gaps: Gap[], old: number[], current: number[], source: Int32Array): void {
  const left = new Map<number, number[]>()
  for (const { removed } of gaps)
    for (const index of removed) {
      const same = left.get(old[index] as number)
      if (same === undefined) left.set(old[index] as number, [index])
      else same.push(index)
    }
  for (const same of left.values()) same.reverse()
  const taken = new Set<number>()
  for (const gap of gaps)
    gap.added = gap.added.filter((index) => {
      const from = left.get(current[index] as number)?.pop()
      if (from === undefined) return true
      source[index] = from
      taken.add(from)
      return false
    })
  for (const gap of gaps) gap.removed = gap.removed.filter((index) => !taken.has(index))
}

/** In one gap, the first that went became the first that came, as far as they are of one kind. */
function pairUp({ removed, added }: Gap, before: Items, after: Items, source: Int32Array): void {
  const count = Math.min(removed.length, added.length)
  for (let index = 0; index < count; index++) {
    const from = removed[index] as number
    const at = added[index] as number
    if (shapeOf(before[from]) === shapeOf(after[at])) source[at] = from
  }
}

const shapeOf = (value: AttributeValue | undefined) =>
  isArray(value) ? 'array' : isObject(value) ? 'object' : 'scalar'

/** All but the longest run of kept items whose order stayed. */
function outOfOrder(source: Int32Array): Set<number> {
  /** By length of run: where the run with the smallest end ends; and what stands before each in its run. */
  const ends: number[] = []
  const previous = new Int32Array(source.length).fill(-1)
  const moved = new Set<number>()
  for (let index = 0; index < source.length; index++) {
    const from = source[index] as number
    if (from < 0) continue
    moved.add(index)
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((source[ends[middle] as number] as number) < from) low = middle + 1
      else high = middle
    }
    previous[index] = ends[low - 1] ?? -1
    ends[low] = index
  }
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index] as number) moved.delete(index)
  return moved
}
