import type { AttributeValue } from '../model/span.ts'
import type { Change, DataPath } from './changes.ts'
import { isObject } from './value-identity.ts'

/** Most paths that a trace is found by; beyond, deep ones give way to what they are under. */
const MAX_CHANGED_PATHS = 200
/** Most paths looked at: data beyond is found by what it is under. */
const MAX_LEAVES = 20_000

/**
 * What the `changed` filter matches on: the paths of all changes, keys and indices joined by dots, each
 * once. What came or went as a whole counts with every key in it, so that it is found by any of them;
 * paths above others are left out, for an ancestor matches anyway.
 */
export function changedPaths(changes: readonly Change[], most = MAX_CHANGED_PATHS): string[] {
  const leaves: DataPath[] = []
  for (const change of changes) {
    if (leaves.length >= MAX_LEAVES) break
    if (change.kind === 'moved') leaves.push(change.path)
    if (change.kind === 'removed' || change.kind === 'modified') addLeaves(change.path, change.old, leaves)
    if (change.kind === 'added' || change.kind === 'modified') addLeaves(change.path, change.new, leaves)
  }
  let depth = leaves.reduce((deepest, path) => Math.max(deepest, path.length), 0)
  let paths = distinct(leaves, depth)
  while (paths.length > most && depth > 1) {
    depth -= 1
    paths = distinct(leaves, depth)
  }
  return paths.slice(0, most)
}

/** Objects are looked into, lists are one thing: their indices name nothing. */
function addLeaves(path: DataPath, value: AttributeValue, leaves: DataPath[]): void {
  const pending: [DataPath, AttributeValue][] = [[path, value]]
  for (let one = pending.pop(); one !== undefined && leaves.length < MAX_LEAVES; one = pending.pop()) {
    const [at, inner] = one
    const keys = isObject(inner) && at.length < 32 ? Object.keys(inner) : []
    if (keys.length === 0) leaves.push(at)
    for (const key of keys.slice(0, MAX_LEAVES).reverse())
      pending.push([[...at, key], (inner as Record<string, AttributeValue>)[key] ?? null])
  }
}

function distinct(leaves: readonly DataPath[], depth: number): string[] {
  const paths = new Set<string>()
  const ancestors = new Set<string>()
  for (const leaf of leaves) {
    const path = leaf.slice(0, depth)
    if (path.length === 0) continue
    paths.add(path.join('.'))
    for (let length = 1; length < path.length; length++) ancestors.add(path.slice(0, length).join('.'))
  }
  return [...paths].filter((path) => !ancestors.has(path))
}
