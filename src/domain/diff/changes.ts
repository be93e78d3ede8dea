import type { AttributeValue } from '../model/span.ts'
import { alignArrays } from './array-alignment.ts'
import { type DataObject, type IdentityOf, identities, isArray, isObject } from './value-identity.ts'

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
