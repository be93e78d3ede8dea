import type { AttributeValue } from '../model/span.ts'
import { alignArrays } from './array-alignment.ts'
import {
  copyOf,
  type DataObject,
  type IdentityOf,
  identities,
  isArray,
  isObject,
  put,
} from './value-identity.ts'

/** Keys of objects and indices of arrays, from the root. */
export type DataPath = readonly (string | number)[]

/**
 * One difference. Paths are those of the later data; only the last segment of `removed`, when an index,
 * and `from` count in the earlier array. Items that only shift because others came or went are no change.
 */
export type Change =
  | { readonly kind: 'added'; readonly path: DataPath; readonly new: AttributeValue }
  | { readonly kind: 'removed'; readonly path: DataPath; readonly old: AttributeValue }
  | {
      readonly kind: 'modified'
      readonly path: DataPath
      readonly old: AttributeValue
      readonly new: AttributeValue
    }
  /** An array's item in another order than before; changes inside it stand by themselves. */
  | { readonly kind: 'moved'; readonly path: DataPath; readonly from: number; readonly new: AttributeValue }

/** Deeper than this a difference is one change of the whole value. */
const MAX_DEPTH = 300

/**
 * The structural difference of two JSON values, in the order of the data. Array items are matched by an
 * id key where one tells, else by equal values. null and absent differ, and so do `1` and `"1"`.
 */
export function changesBetween(before: AttributeValue, after: AttributeValue): Change[] {
  const changes: Change[] = []
  compare(before, after, [], changes, identities())
  return changes
}

function compare(
  before: AttributeValue,
  after: AttributeValue,
  path: (string | number)[],
  changes: Change[],
  identityOf: IdentityOf,
): void {
  if (identityOf(before) === identityOf(after)) return
  if (path.length < MAX_DEPTH && isArray(before) && isArray(after))
    compareArrays(before, after, path, changes, identityOf)
  else if (path.length < MAX_DEPTH && isObject(before) && isObject(after))
    compareObjects(before, after, path, changes, identityOf)
  else changes.push({ kind: 'modified', path: [...path], old: before, new: after })
}

function compareObjects(
  before: DataObject,
  after: DataObject,
  path: (string | number)[],
  changes: Change[],
  identityOf: IdentityOf,
): void {
  for (const key of Object.keys(before)) {
    path.push(key)
    const old = before[key] as AttributeValue
    if (!Object.hasOwn(after, key)) changes.push({ kind: 'removed', path: [...path], old })
    else compare(old, after[key] as AttributeValue, path, changes, identityOf)
    path.pop()
  }
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue
    changes.push({ kind: 'added', path: [...path, key], new: after[key] as AttributeValue })
  }
}

function compareArrays(
  before: readonly AttributeValue[],
  after: readonly AttributeValue[],
  path: (string | number)[],
  changes: Change[],
  identityOf: IdentityOf,
): void {
  const { source, moved, removed } = alignArrays(before, after, identityOf)
  for (const index of removed)
    changes.push({ kind: 'removed', path: [...path, index], old: before[index] as AttributeValue })
  for (let index = 0; index < after.length; index++) {
    const from = source[index] as number
    const value = after[index] as AttributeValue
    path.push(index)
    if (from < 0) changes.push({ kind: 'added', path: [...path], new: value })
    else {
      if (moved.has(index)) changes.push({ kind: 'moved', path: [...path], from, new: value })
      compare(before[from] as AttributeValue, value, path, changes, identityOf)
    }
    path.pop()
  }
}

/** What happens to one value: a change of its own, and those below it by key. */
interface Plan {
  change?: Change
  removed?: Change & { kind: 'removed' }
  moved?: Change & { kind: 'moved' }
  readonly below: Map<string | number, Plan>
}

/** Makes the later data of the earlier: `applyChanges(a, changesBetween(a, b))` equals b. */
export function applyChanges(before: AttributeValue, changes: readonly Change[]): AttributeValue {
  const root: Plan = { below: new Map() }
  for (const change of changes) {
    let plan = root
    for (const segment of change.path) {
      let below = plan.below.get(segment)
      if (below === undefined) {
        below = { below: new Map() }
        plan.below.set(segment, below)
      }
      plan = below
    }
    // An array's index may at once be one that went and one that came.
    if (change.kind === 'removed') plan.removed = change
    else if (change.kind === 'moved') plan.moved = change
    else plan.change = change
  }
  return carryOut(before, root)
}

function carryOut(value: AttributeValue, plan: Plan): AttributeValue {
  if (plan.change !== undefined && plan.change.kind !== 'removed') return plan.change.new
  if (plan.below.size === 0) return value
  if (isArray(value)) return carryOutInArray(value, plan)
  if (!isObject(value)) return value
  const result = copyOf(value)
  for (const [key, below] of plan.below) {
    const name = String(key)
    if (below.removed !== undefined && below.change === undefined) delete result[name]
    else put(result, name, carryOut(Object.hasOwn(result, name) ? (result[name] ?? null) : null, below))
  }
  return result
}

function carryOutInArray(items: readonly AttributeValue[], plan: Plan): AttributeValue[] {
  const gone = new Set<number>()
  const placed = new Map<number, AttributeValue>()
  let length = items.length
  for (const [key, { change, removed, moved }] of plan.below) {
    const index = Number(key)
    if (removed !== undefined) {
      gone.add(index)
      length -= 1
    }
    if (moved !== undefined) {
      gone.add(moved.from)
      placed.set(index, items[moved.from] ?? null)
    } else if (change?.kind === 'added') {
      placed.set(index, change.new)
      length += 1
    }
  }
  const rest = items.filter((_, index) => !gone.has(index))
  let next = 0
  return Array.from({ length }, (_, index) => {
    const value = placed.has(index) ? placed.get(index) : rest[next++]
    const below = plan.below.get(index)
    return below === undefined ? (value ?? null) : carryOut(value ?? null, below)
  })
}
