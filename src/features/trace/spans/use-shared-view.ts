import { useEffect } from 'react'
import type { SpanKind } from '../../../domain/model/span.ts'
import type { SpanTree } from '../../../domain/tree/span-tree.ts'
import { readView, type ViewControl } from '../../../state/location.ts'
import { MOST_IN_ADDRESS, type SpanView } from '../../../state/span-view.ts'
import type { PanelList } from './panel-lists.tsx'
import { NO_FILTER, type SpanFilter } from './tree/span-filter.ts'
import { CLOSED_ORPHANS } from './tree/span-selection.ts'
import type { Drawing } from './tree/span-toolbar.tsx'
import type { TreeState } from './tree/tree-state.ts'

/** What is typed settles after this many ms. */
const PAUSE = 300

/** The filter that an address asks for. */
export const sharedFilter = (view: SpanView | undefined): SpanFilter => ({
  ...NO_FILTER,
  text: view?.find ?? '',
  kinds: new Set((view?.kinds ?? []) as readonly SpanKind[]),
  services: new Set(view?.services ?? []),
  errorsOnly: view?.errorsOnly ?? false,
  longerThan: view?.longerThan ?? 0,
})

/** The drawing that an address asks for. */
export const sharedDrawing = (view: SpanView | undefined): Drawing => ({
  colourBy: view?.colourBy ?? 'kind',
  critical: view?.critical ?? false,
  compressGaps: view?.compressGaps ?? false,
  withCopies: view?.withCopies ?? false,
})

/** Closed rows that can be seen, the outermost alone; undefined where they are too many for an address. */
function closedIds(
  tree: SpanTree,
  { collapsed, orphansCollapsed }: Pick<TreeState, 'collapsed' | 'orphansCollapsed'>,
): readonly string[] | undefined {
  const ids: string[] = orphansCollapsed && tree.firstOrphan < tree.size ? [CLOSED_ORPHANS] : []
  for (let row = 0; row < tree.size; ) {
    if (collapsed.has(row)) {
      const id = tree.spans[row]?.spanId
      if (id !== undefined) ids.push(id)
      if (ids.length > MOST_IN_ADDRESS) return undefined
      row += tree.subtree[row] as number
    } else row++
  }
  return ids.length > 0 ? ids : undefined
}

/** What an address says of the spans as they are looked at now; undefined where all is as by default. */
export function sharedView(
  tree: SpanTree,
  { filter, ...closing }: Pick<TreeState, 'filter' | 'collapsed' | 'orphansCollapsed'>,
  drawing: Drawing,
  list: PanelList,
): SpanView | undefined {
  const closed = closedIds(tree, closing)
  const view: SpanView = {
    ...(filter.text.trim() !== '' && { find: filter.text.trim() }),
    ...(filter.kinds.size > 0 && { kinds: [...filter.kinds] }),
    ...(filter.services.size > 0 && { services: [...filter.services] }),
    ...(filter.errorsOnly && { errorsOnly: true }),
    ...(filter.longerThan > 0 && { longerThan: filter.longerThan }),
    ...(drawing.colourBy === 'service' && { colourBy: 'service' }),
    ...(drawing.critical && { critical: true }),
    ...(drawing.compressGaps && { compressGaps: true }),
    ...(drawing.withCopies && { withCopies: true }),
    ...(list === 'logs' && { list: 'logs' }),
    ...(closed && { closed }),
  }
  return Object.keys(view).length > 0 ? view : undefined
}

/** Keeps the address up to what is looked at, a moment after it changed. */
export function useSharedView({ change }: Pick<ViewControl, 'change'>, view: SpanView | undefined): void {
  const text = JSON.stringify(view)
  useEffect(() => {
    if (JSON.stringify(readView(window.location.search).spans) === text) return
    const timer = setTimeout(() => {
      change({ spans: text === undefined ? undefined : (JSON.parse(text) as SpanView) }, { replace: true })
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [text, change])
}
