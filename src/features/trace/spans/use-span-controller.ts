import { type RefObject, useEffect, useRef, useState } from 'react'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { Trace } from '../../../domain/model/trace.ts'
import { type SpanId, spanId } from '../../../domain/model/units.ts'
import type { SpanLinks } from '../../../domain/tree/span-links.ts'
import { useView } from '../../../state/location.ts'
import { useShortcuts } from '../../../state/shortcuts.ts'
import { useWide } from '../../../ui/media-query.ts'
import type { TreegridHandle } from '../../../ui/tree/treegrid.tsx'
import type { SpanPanelCommand } from '../span-panel-command.ts'
import type { PanelList } from './panel-lists.tsx'
import { NO_FILTER } from './tree/span-filter.ts'
import { errorBeside, type FirstSight } from './tree/span-selection.ts'
import type { Drawing } from './tree/span-toolbar.tsx'
import { type SpanTreeControl, useSpanTree } from './tree/use-span-tree.ts'
import { useDebouncedValue } from './use-debounced-value.ts'
import { sharedDrawing, sharedFilter, sharedView, useSharedView } from './use-shared-view.ts'
import { useSpanAddress } from './use-span-address.ts'
import { useZoom, type Zoom } from './use-zoom.ts'

/** Everything that the span panel shows and does, in one place: its parts only draw. */
export interface SpanController {
  readonly panel: RefObject<HTMLElement | null>
  readonly grid: RefObject<TreegridHandle | null>
  readonly search: RefObject<HTMLInputElement | null>
  readonly control: SpanTreeControl
  readonly zoom: Zoom
  readonly drawing: Drawing
  readonly setDrawing: (drawing: Drawing) => void
  readonly list: PanelList
  readonly setList: (list: PanelList) => void
  /** Row of the span whose payload is shown: the selected one, once a run of keys has ended. */
  readonly read: number
  /** Row of the root cause, -1 where there is none. */
  readonly rootCause: number
  /** Selects a span and brings it into view. */
  readonly show: (id: SpanId) => void
}

/** Runs what the page asks for, each command once. */
function useCommand(command: SpanPanelCommand | undefined, run: (command: SpanPanelCommand) => void): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    if (command) latest.current(command)
  }, [command])
}

export function useSpanController(
  trace: Trace,
  spans: readonly SpanOutline[],
  links: SpanLinks | undefined,
  command: SpanPanelCommand | undefined,
): SpanController {
  const viewControl = useView()
  const { view } = viewControl
  const [drawing, setDrawing] = useState<Drawing>(() => {
    const asked = sharedDrawing(view.spans)
    // A raw copy that the address names must be in the tree to be selected.
    const names = spans.some((span) => span.spanId === view.span && span.duplicate === true)
    return { ...asked, withCopies: asked.withCopies || names }
  })
  const known = (id: SpanId | undefined) => (spans.some((span) => span.spanId === id) ? id : undefined)
  const [first] = useState<FirstSight>(() => ({
    span: known(view.span) ?? known(trace.rootCause?.spanId),
    named: known(view.span) !== undefined,
    filter: sharedFilter(view.spans),
    ...(view.spans?.closed && { closed: view.spans.closed }),
  }))
  const control = useSpanTree(spans, links, drawing.withCopies, first)
  const { tree, selected, selection, dispatch, shape, state } = control
  const zoom = useZoom(viewControl, tree)
  const [list, setList] = useState<PanelList>(view.spans?.list ?? 'spans')
  useSharedView(viewControl, sharedView(tree, state, drawing, list))
  const read = useDebouncedValue(selected)
  useSpanAddress(viewControl, control, tree.spans[read])

  const panel = useRef<HTMLElement>(null)
  const grid = useRef<TreegridHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  const rootCause = trace.rootCause ? tree.rowOf(trace.rootCause.spanId) : -1

  // Begun with or jumped to: well in view, not just inside of a box that may run out of the window.
  const active = useRef(-1)
  active.current = shape.indexOf(state.active)
  useEffect(() => grid.current?.reveal(active.current, 'upper'), [selection.jumps])

  // Docked below, the span's content may lie out of the window: the panel is brought into view as a whole.
  const wide = useWide()
  useEffect(() => {
    if (!wide && selection.chosen && read >= 0) panel.current?.scrollIntoView({ block: 'nearest' })
  }, [wide, selection.chosen, read])

  const jump = (row: number) => {
    if (row < 0) return
    setList('spans')
    dispatch({ does: 'jump', row })
    panel.current?.scrollIntoView({ block: 'start' })
    grid.current?.focus()
  }
  const stepError = (by: 1 | -1) => {
    if (errorBeside(selection, by) < 0) return false
    dispatch({ does: 'step-error', by })
    panel.current?.scrollIntoView({ block: 'nearest' })
    return true
  }
  useCommand(command, (asked) => {
    if (asked.shows === 'kind' || asked.shows === 'only') {
      setList('spans')
      const filter = asked.shows === 'kind' ? { kinds: new Set([asked.kind]) } : { only: asked }
      dispatch({ does: 'filter', filter: { ...NO_FILTER, ...filter } })
      panel.current?.scrollIntoView({ block: 'start' })
      return
    }
    const row = asked.shows === 'root-cause' ? rootCause : tree.rowOf(spanId(asked.spanId))
    if (row < 0) return
    if (asked.shows === 'turn') zoom.toRow(row)
    else zoom.include(row)
    jump(row)
  })
  useShortcuts([
    { keys: [']'], label: 'Next error', group: 'Spans', run: () => stepError(1) },
    { keys: ['['], label: 'Previous error', group: 'Spans', run: () => stepError(-1) },
    { keys: ['z'], label: 'Zoom to selected span', group: 'Spans', run: () => zoom.toRow(selected) },
    { keys: ['Z'], label: 'Reset zoom', group: 'Spans', run: zoom.out },
    { keys: ['/'], label: 'Search spans or logs', group: 'Spans', run: () => search.current?.focus() },
  ])

  const show = (id: SpanId) => jump(tree.rowOf(id))
  return { panel, grid, search, control, zoom, drawing, setDrawing, list, setList, read, rootCause, show }
}
