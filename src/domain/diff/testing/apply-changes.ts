import type { AttributeValue } from '../../model/span.ts'
import type { Change } from '../changes.ts'
import { isArray, isObject, put } from '../value-identity.ts'

/** What happens to one value: a change of its own, and those below it by key. */
interface Plan {
  change?: Change
  removed?: Change & { kind: 'removed' }
  moved?: Change & { kind: 'moved' }
  readonly below: Map<string | number, Plan>
}

/** Makes the later data of the earlier, so that tests can hold a difference against what it is of. */
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
  const result: Record<string, AttributeValue> = { ...value }
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
