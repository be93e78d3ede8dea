import type { SpanKind } from '../../../../domain/model/span.ts'
import type { SpanId } from '../../../../domain/model/units.ts'
import { ORPHANS, type ShownRows } from '../../../../domain/tree/span-rows.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'

/** What is looked for in the spans; all that is set must hold. */
export interface SpanFilter {
  readonly text: string
  readonly kinds: ReadonlySet<SpanKind>
  readonly services: ReadonlySet<string>
  /** Spans that failed, recovered or not. */
  readonly errorsOnly: boolean
  /** µs; 0 = any. */
  readonly longerThan: number
  /** These spans and no others; `label` says what they are. */
  readonly only?: { readonly label: string; readonly spanIds: readonly SpanId[] }
}

export const NO_FILTER: SpanFilter = {
  text: '',
  kinds: new Set(),
  services: new Set(),
  errorsOnly: false,
  longerThan: 0,
}

export const isFiltering = (filter: SpanFilter): boolean =>
  filter.text.trim() !== '' ||
  filter.kinds.size > 0 ||
  filter.services.size > 0 ||
  filter.errorsOnly ||
  filter.longerThan > 0 ||
  filter.only !== undefined

/** 1 for each row of the tree that matches. Text is looked for in name, label, error and id. */
export const matchingRows = (tree: SpanTree, filter: SpanFilter): Uint8Array => {
  const wanted = filter.text.trim().toLowerCase()
  const matches = new Uint8Array(tree.size)
  const only = filter.only && new Set(filter.only.spanIds)
  // Names and labels repeat: each distinct one is looked at once.
  const looked = new Map<string, boolean>()
  const holds = (text: string | undefined): boolean => {
    if (text === undefined) return false
    const known = looked.get(text)
    if (known !== undefined) return known
    const found = text.toLowerCase().includes(wanted)
    looked.set(text, found)
    return found
  }
  for (let row = 0; row < tree.size; row++) {
    const span = tree.spans[row]
    if (!span) continue
    if (only && !only.has(span.spanId)) continue
    if (filter.errorsOnly && span.state !== 'error' && span.state !== 'recovered') continue
    if (filter.kinds.size > 0 && !filter.kinds.has(span.kind)) continue
    if (filter.services.size > 0 && !filter.services.has(span.service)) continue
    if (filter.longerThan > 0 && (tree.end[row] ?? 0) - (tree.start[row] ?? 0) < filter.longerThan) continue
    if (
      wanted !== '' &&
      !holds(span.name) &&
      !holds(span.label) &&
      !holds(span.error) &&
      span.spanId !== wanted
    )
      continue
    matches[row] = 1
  }
  return matches
}

/** Matches and what leads to them, orphans under their head. */
export const filteredRows = (
  tree: SpanTree,
  matches: Uint8Array,
  open: { readonly collapsed: ReadonlySet<number>; readonly orphansCollapsed: boolean },
): ShownRows => {
  const kept = matches.slice()
  for (let row = tree.size - 1; row > 0; row--) {
    const above = tree.parent[row] as number
    if (kept[row] && above >= 0) kept[above] = 1
  }
  const rows: number[] = []
  const levels: number[] = []
  const walk = (from: number, to: number, deeper: number) => {
    for (let row = from; row < to; ) {
      if (kept[row]) {
        rows.push(row)
        levels.push((tree.depth[row] as number) + deeper)
      }
      row += !kept[row] || open.collapsed.has(row) ? (tree.subtree[row] as number) : 1
    }
  }
  walk(0, tree.firstOrphan, 0)
  if (kept.subarray(tree.firstOrphan).includes(1)) {
    rows.push(ORPHANS)
    levels.push(0)
    if (!open.orphansCollapsed) walk(tree.firstOrphan, tree.size, 1)
  }
  return { rows: Int32Array.from(rows), levels: Int32Array.from(levels) }
}
