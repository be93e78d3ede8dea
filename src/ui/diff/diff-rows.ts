import type { Json } from '../json/json-lines.ts'
import { pathText } from '../json/json-rows.ts'

/** One difference between two values. `from`: the index it had before. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'modified' | 'moved'
  readonly path: readonly (string | number)[]
  readonly old?: Json
  readonly new?: Json
  readonly from?: number
}

export interface Tally {
  readonly added: number
  readonly removed: number
  readonly modified: number
}

/** A line of the list: a difference, or the head of a subtree that holds several. */
export type DiffRow =
  | {
      readonly is: 'difference'
      readonly id: string
      readonly difference: Difference
      readonly indent: boolean
    }
  | {
      readonly is: 'subtree'
      readonly id: string
      readonly name: string
      readonly tally: Tally
      readonly open: boolean
    }

/** Shorter lists need no heads. */
const GROUP_FROM = 12

/** How many were added, removed, modified; what moved counts as modified. */
export const tallyOf = (differences: readonly Difference[]): Tally => {
  let [added, removed, modified] = [0, 0, 0]
  for (const { kind } of differences) {
    if (kind === 'added') added++
    else if (kind === 'removed') removed++
    else modified++
  }
  return { added, removed, modified }
}

/** The lines of the list; long ones by the first step of their paths, each such subtree to open and close. */
export const diffRows = (
  differences: readonly Difference[],
  closed: ReadonlySet<string>,
): readonly DiffRow[] => {
  const rowOf = (difference: Difference, at: number, indent: boolean): DiffRow => ({
    is: 'difference',
    id: `${at} ${difference.kind}`,
    difference,
    indent,
  })
  if (differences.length < GROUP_FROM) return differences.map((one, at) => rowOf(one, at, false))
  const groups = new Map<string, number[]>()
  differences.forEach(({ path }, at) => {
    const key = JSON.stringify(path[0] ?? null)
    const known = groups.get(key)
    if (known) known.push(at)
    else groups.set(key, [at])
  })
  const rows: DiffRow[] = []
  for (const [key, members] of groups) {
    const within = members.map((at) => differences[at] as Difference)
    if (members.length < 2) {
      rows.push(...members.map((at) => rowOf(differences[at] as Difference, at, false)))
      continue
    }
    const open = !closed.has(key)
    const name = pathText(within[0]?.path.slice(0, 1) ?? [])
    rows.push({ is: 'subtree', id: key, name, tally: tallyOf(within), open })
    if (open) for (const at of members) rows.push(rowOf(differences[at] as Difference, at, true))
  }
  return rows
}
