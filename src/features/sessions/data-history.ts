import type { AttributeValue } from '../../domain/model/span.ts'
import type { ParticipantData } from '../../domain/model/trace.ts'

/** A value that a field had, from the turn at which it came to have it. */
export interface HistoryEntry {
  /** Index of the turn. */
  readonly at: number
  /** undefined = the field was not there. */
  readonly value: AttributeValue | undefined
  /** Whether the turn itself changed it, or it was found changed when the turn began. */
  readonly during: boolean
}

export interface FieldHistory {
  readonly path: string
  /** Two or more: a field that never changed has no history. */
  readonly entries: readonly HistoryEntry[]
}

/** How deep fields are told apart; what lies deeper changes with its ancestor. */
const DEEPEST = 4
const MOST_FIELDS = 2_000

const isObject = (value: unknown): value is { readonly [key: string]: AttributeValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const quoted = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))

/** Every leaf of the data by its dotted path. */
function leaves(data: AttributeValue): Map<string, AttributeValue> {
  const found = new Map<string, AttributeValue>()
  const open: { path: string; value: AttributeValue; depth: number }[] = [{ path: '', value: data, depth: 0 }]
  for (let next = open.pop(); next && found.size < MOST_FIELDS; next = open.pop()) {
    const { path, value, depth } = next
    const children = isObject(value) && depth < DEEPEST ? Object.entries(value) : []
    if (children.length === 0) {
      if (path !== '') found.set(path, value)
      continue
    }
    for (const [key, child] of children)
      open.push({ path: path ? `${path}.${quoted(key)}` : quoted(key), value: child, depth: depth + 1 })
  }
  return found
}

const same = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b))

/**
 * How each field of the participant data went over a session's turns.
 * @param turns in order; undefined where a turn recorded no data
 * @returns fields that changed, by path
 */
export function dataHistory(turns: readonly (ParticipantData | undefined)[]): readonly FieldHistory[] {
  const histories = new Map<string, HistoryEntry[]>()
  let known: Map<string, AttributeValue> | undefined
  const move = (next: Map<string, AttributeValue>, at: number, during: boolean) => {
    for (const path of new Set([...(known?.keys() ?? []), ...next.keys()])) {
      const value = next.get(path)
      if (known && same(known.get(path), value)) continue
      const entries = histories.get(path) ?? []
      if (known && entries.length === 0 && known.get(path) === undefined)
        entries.push({ at: 0, value: undefined, during: false })
      entries.push({ at, value, during })
      histories.set(path, entries)
    }
    known = next
  }
  for (const [at, data] of turns.entries()) {
    if (!data) continue
    move(leaves(data.before), at, false)
    if (data.after !== undefined) move(leaves(data.after), at, true)
  }
  return [...histories]
    .filter(([, entries]) => entries.length > 1)
    .map(([path, entries]) => ({ path, entries }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
