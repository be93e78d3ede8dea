import { useEffect, useMemo, useRef, useState } from 'react'
import type { SpanOutline } from '../../../domain/span.ts'
import type { SpanLinks } from '../../../domain/span-links.ts'
import { selfTimes } from '../../../domain/span-timing.ts'
import type { Trace } from '../../../domain/trace.ts'
import type { SpanId, TraceId } from '../../../domain/units.ts'
import type { CallMoment } from '../../../semantics/trace/call-moments.ts'
import { useView } from '../../../state/location.ts'
import { setPreferences, usePreferences } from '../../../state/preferences.ts'
import { useShortcuts } from '../../../state/shortcuts.ts'
import { useWide } from '../../../ui/media-query.ts'
import { SplitPane } from '../../../ui/split-pane.tsx'
import type { TreegridHandle } from '../../../ui/treegrid.tsx'
import type { PanelWish } from '../panel-wish.ts'
import { SpansSkeleton } from '../trace-skeleton.tsx'
import { CallTurnTexts } from './call-turn-texts.tsx'
import { earlierGeneration } from './earlier-generation.ts'
import { PanelFailure } from './panel-failure.tsx'
import { type PanelList, PanelLists } from './panel-lists.tsx'
import { PhaseTimes } from './phase-times.tsx'
import { useSettled } from './settled.ts'
import { SpanDetailPane } from './span-detail.tsx'
import { NO_FILTER } from './span-filter.ts'
import { type Drawing, SpanToolbar } from './span-toolbar.tsx'
import { SpanTreeView } from './span-tree-view.tsx'
import { TraceLogs } from './trace-logs.tsx'
import { useDialogueStack, useExplanation, usePhases } from './use-rasa.ts'
import { useSpanTree } from './use-span-tree.ts'
import { useTraceLogs } from './use-trace-logs.ts'
import { WhyThisAction } from './why-this-action.tsx'
import './spans.css'

const PANEL = 'h-[calc(100dvh-var(--bar-app))] min-h-[480px]'

interface SpansQuery {
  readonly data:
    | {
        readonly spans: readonly SpanOutline[]
        readonly links?: SpanLinks
        readonly complete: boolean
        readonly problems?: readonly string[]
      }
    | undefined
  readonly error: Error | null
  readonly refetch: () => unknown
}

interface PanelProps {
  readonly trace: Trace
  readonly where: { readonly source: string; readonly traceId: TraceId }
  readonly wish: PanelWish | undefined
  /** What happened in a call beside its turns. */
  readonly moments: readonly CallMoment[]
}

/** The services in order of appearance, and the colour of each: six in turn. */
const useServices = (spans: readonly SpanOutline[]) =>
  useMemo(() => {
    const found = new Set<string>()
    for (const { service } of spans) found.add(service)
    const names = [...found]
    const colours = new Map(names.map((name, at) => [name, at % 6]))
    return { names, colourOf: (service: string) => colours.get(service) ?? 0 }
  }, [spans])

const PLAIN: Drawing = { colourBy: 'kind', critical: false, compressGaps: false, withCopies: false }

function LoadedSpans({
  trace,
  where,
  wish,
  moments,
  spans,
  links,
  complete,
}: PanelProps & {
  readonly spans: readonly SpanOutline[]
  readonly links: SpanLinks | undefined
  readonly complete: boolean
}) {
  const { view, change } = useView()
  const [drawing, setDrawing] = useState<Drawing>(() => ({
    ...PLAIN,
    // A raw copy that the address names must be in the tree to be selected.
    withCopies: spans.some((span) => span.spanId === view.span && span.duplicate === true),
  }))
  const known = (id: SpanId | undefined) => (spans.some((span) => span.spanId === id) ? id : undefined)
  const [first] = useState(() => known(view.span) ?? known(trace.rootCause?.spanId))
  const control = useSpanTree(spans, links, drawing.withCopies, first)
  const { tree, selected, state, reveal, stepError } = control
  const services = useServices(tree.spans)
  const self = useMemo(() => selfTimes(tree), [tree])
  const rootCause = trace.rootCause ? tree.rowOf(trace.rootCause.spanId) : -1
  const panel = useRef<HTMLElement>(null)
  const grid = useRef<TreegridHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  const wide = useWide()
  const { panes } = usePreferences()
  const [list, setList] = useState<PanelList>('spans')
  const logs = useTraceLogs(where, complete)
  const lists = <PanelLists shown={list} logs={logs} onShow={setList} />

  // The address follows the selection once it has settled; the selection follows an address changed elsewhere.
  const settled = useSettled(selected)
  const outline = tree.spans[settled]
  const written = useRef(view.span)
  const chosen = useRef(false)
  if (state.active !== (first === undefined ? 0 : tree.rowOf(first))) chosen.current = true
  useEffect(() => {
    if (!chosen.current || !outline || written.current === outline.spanId) return
    written.current = outline.spanId
    change({ span: outline.spanId }, { replace: true })
  }, [outline, change])
  useEffect(() => {
    if (view.span === undefined || view.span === written.current) return
    written.current = view.span
    const row = tree.rowOf(view.span)
    if (row >= 0) reveal(row)
  })

  const show = (row: number) => {
    if (row < 0) return
    chosen.current = true
    setList('spans')
    reveal(row)
    panel.current?.scrollIntoView({ block: 'start' })
    grid.current?.focus()
    centred.current = false
  }
  const zoomTo = (row: number) => {
    const from = tree.start[row] ?? 0
    const to = tree.end[row] ?? 0
    const margin = Math.max(1, (to - from) * 0.05)
    change({ zoom: { from: Math.max(0, from - margin), to: to + margin } }, { replace: true })
  }
  const showInTime = (row: number) => {
    const outside =
      view.zoom && ((tree.end[row] ?? 0) < view.zoom.from || (tree.start[row] ?? 0) > view.zoom.to)
    if (outside) change({ zoom: undefined }, { replace: true })
    show(row)
  }
  const wished = useRef<PanelWish>(undefined)
  useEffect(() => {
    if (!wish || wished.current === wish) return
    wished.current = wish
    if (wish.wants === 'root-cause') showInTime(rootCause)
    else if (wish.wants === 'span') showInTime(tree.rowOf(wish.spanId as SpanId))
    else if (wish.wants === 'turn') {
      const row = tree.rowOf(wish.spanId)
      show(row)
      if (row >= 0) zoomTo(row)
    } else {
      setList('spans')
      control.setFilter({
        ...NO_FILTER,
        ...(wish.wants === 'kind' ? { kinds: new Set([wish.kind]) } : { only: wish }),
      })
      panel.current?.scrollIntoView({ block: 'start' })
    }
  })

  // Begun with or jumped to: well in view, not just inside of a box that may run out of the window.
  const centred = useRef(false)
  const activeIndex = control.shape.indexOf(state.active)
  useEffect(() => {
    if (centred.current) return
    centred.current = true
    grid.current?.reveal(activeIndex, 'upper')
  })

  const zoomOut = () => change({ zoom: undefined }, { replace: true })
  const step = (by: 1 | -1) => {
    chosen.current = true
    if (!stepError(by)) return false
    panel.current?.scrollIntoView({ block: 'nearest' })
    return true
  }
  useShortcuts([
    { keys: [']'], label: 'Next error', group: 'Spans', run: () => step(1) },
    { keys: ['['], label: 'Previous error', group: 'Spans', run: () => step(-1) },
    { keys: ['z'], label: 'Zoom to the selected span', group: 'Spans', run: () => zoomTo(selected) },
    { keys: ['Z'], label: 'Show all of the time', group: 'Spans', run: zoomOut },
    { keys: ['/'], label: 'Search spans or logs', group: 'Spans', run: () => search.current?.focus() },
  ])

  const earlier = useMemo(() => earlierGeneration(tree, settled), [tree, settled])
  const turn = trace.callTurns?.find((one) => one.spanId === outline?.spanId)
  const stack = useDialogueStack(spans, where.traceId, where.source)
  const phases = usePhases(spans)
  const why = useExplanation(spans, outline?.spanId, where.traceId, where.source)
  const explained = () => (
    <>
      {turn && <CallTurnTexts trace={trace} turn={turn} />}
      {why && <WhyThisAction explained={why} onSelect={(id) => show(tree.rowOf(id))} />}
      {phases && settled === 0 && <PhaseTimes times={phases} whole={trace.duration} />}
    </>
  )

  const paneSize = panes[wide ? 'span' : 'span-below'] ?? (wide ? 480 : 320)
  return (
    <section ref={panel} id="spans" aria-label="Spans" className={PANEL}>
      <SplitPane
        label="Selected span"
        direction={wide ? 'beside' : 'below'}
        size={paneSize}
        initial={wide ? 480 : 320}
        min={wide ? 320 : 160}
        max={wide ? 900 : 640}
        onResize={(size) => setPreferences({ panes: { ...panes, [wide ? 'span' : 'span-below']: size } })}
        className="h-full"
        pane={
          outline && (
            <SpanDetailPane
              trace={where.traceId}
              source={where.source}
              outline={outline}
              place={{
                selfTime: self[settled] ?? 0,
                offset: tree.start[settled] ?? 0,
                turnDuration: trace.duration,
                rootCause: settled === rootCause,
                serviceColour: services.colourOf(outline.service),
              }}
              earlier={earlier}
              explained={explained}
            />
          )
        }
      >
        {list === 'logs' && logs ? (
          <TraceLogs
            heading={lists}
            logs={logs}
            tree={tree}
            searchField={search}
            selected={outline?.spanId}
            onSelect={(id) => {
              chosen.current = true
              reveal(tree.rowOf(id))
            }}
          />
        ) : (
          <div className="span-tree">
            <SpanToolbar
              heading={lists}
              control={control}
              services={services.names}
              drawing={drawing}
              onDrawing={setDrawing}
              searchField={search}
              zoomed={view.zoom !== undefined}
              onZoomTo={() => zoomTo(selected)}
              onZoomOut={zoomOut}
              incomplete={!complete}
            />
            <SpanTreeView
              control={control}
              drawing={drawing}
              services={services}
              stack={stack}
              moments={moments}
              onMoment={({ spanId }) => show(tree.rowOf(spanId))}
              rootCause={rootCause}
              zoom={view.zoom}
              onZoom={(zoom) => change({ zoom }, { replace: true })}
              grid={grid}
            />
          </div>
        )}
      </SplitPane>
    </section>
  )
}

/** The spans of a turn, apart from the turn itself: whatever happens here leaves the rest of the page alone. */
export function SpanPanel({ spans, ...props }: PanelProps & { readonly spans: SpansQuery }) {
  const { data, error, refetch } = spans
  if (!data) {
    return (
      <section aria-label="Spans" aria-busy={!error} className={error ? '' : PANEL}>
        {error ? <PanelFailure error={error} what="Spans" onAgain={refetch} /> : <SpansSkeleton />}
      </section>
    )
  }
  if (data.spans.length === 0) {
    if (data.complete) return null
    return (
      <p role="status" className="px-gutter py-2.5 text-data text-text-2">
        Spans: none have arrived yet.
      </p>
    )
  }
  return <LoadedSpans {...props} spans={data.spans} links={data.links} complete={data.complete} />
}
