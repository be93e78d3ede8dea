import { useMemo } from 'react'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { Trace } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import type { SpanLinks } from '../../../domain/tree/span-links.ts'
import { selfTimes } from '../../../domain/tree/span-timing.ts'
import type { CallMoment } from '../../../semantics/trace/call-moments.ts'
import { setPreferences, usePreferences } from '../../../state/preferences.ts'
import { useWide } from '../../../ui/media-query.ts'
import { SplitPane } from '../../../ui/split-pane.tsx'
import type { SpanPanelCommand } from '../span-panel-command.ts'
import { SelectedSpan } from './detail/selected-span.tsx'
import { useDialogueStack } from './detail/use-rasa.ts'
import { TraceLogs } from './logs/trace-logs.tsx'
import { useTraceLogs } from './logs/use-trace-logs.ts'
import { PanelLists } from './panel-lists.tsx'
import { SpanToolbar } from './tree/span-toolbar.tsx'
import { SpanTreeView } from './tree/span-tree-view.tsx'
import { useSpanController } from './use-span-controller.ts'

export const PANEL = 'h-[calc(100dvh-var(--bar-app))] min-h-[480px]'

export interface PanelProps {
  readonly trace: Trace
  readonly where: { readonly source: string; readonly traceId: TraceId }
  readonly command: SpanPanelCommand | undefined
  /** What happened in a call beside its turns. */
  readonly moments: readonly CallMoment[]
}

/** px: beside the list in a wide window, below it in a narrow one. */
const PANES = {
  wide: { name: 'span', initial: 480, min: 320, max: 900 },
  narrow: { name: 'span-below', initial: 320, min: 160, max: 640 },
} as const

/** The services in order of appearance, and the colour of each: six in turn. */
const useServices = (spans: readonly SpanOutline[]) =>
  useMemo(() => {
    const found = new Set<string>()
    for (const { service } of spans) found.add(service)
    const names = [...found]
    const colours = new Map(names.map((name, at) => [name, at % 6]))
    return { names, colourOf: (service: string) => colours.get(service) ?? 0 }
  }, [spans])

/** Left the tree or the logs, right the selected span. */
export function LoadedSpans({
  trace,
  where,
  command,
  moments,
  spans,
  links,
  complete,
}: PanelProps & {
  readonly spans: readonly SpanOutline[]
  readonly links: SpanLinks | undefined
  readonly complete: boolean
}) {
  const controller = useSpanController(trace, spans, links, command)
  const { control, zoom, drawing, list, read, rootCause, show } = controller
  const { tree, selected, dispatch } = control
  const services = useServices(tree.spans)
  const self = useMemo(() => selfTimes(tree), [tree])
  const stack = useDialogueStack(spans, where.traceId, where.source)
  const logs = useTraceLogs(where, complete)
  const { panes } = usePreferences()
  const wide = useWide()
  const { name, ...sizes } = PANES[wide ? 'wide' : 'narrow']
  const outline = tree.spans[read]
  const lists = <PanelLists shown={list} logs={logs} onShow={controller.setList} />
  return (
    <section ref={controller.panel} id="spans" aria-label="Spans" className={PANEL}>
      <SplitPane
        label="Selected span"
        direction={wide ? 'beside' : 'below'}
        size={panes[name] ?? sizes.initial}
        {...sizes}
        onResize={(size) => setPreferences({ panes: { ...panes, [name]: size } })}
        className="h-full"
        pane={
          outline && (
            <SelectedSpan
              trace={trace}
              where={where}
              spans={spans}
              tree={tree}
              row={read}
              outline={outline}
              place={{
                selfTime: self[read] ?? 0,
                offset: tree.start[read] ?? 0,
                turnDuration: trace.duration,
                rootCause: read === rootCause,
                serviceColour: services.colourOf(outline.service),
              }}
              onSelect={show}
            />
          )
        }
      >
        {list === 'logs' && logs ? (
          <TraceLogs
            heading={lists}
            logs={logs}
            tree={tree}
            searchField={controller.search}
            selected={outline?.spanId}
            onSelect={(id) => dispatch({ does: 'reveal', row: tree.rowOf(id) })}
          />
        ) : (
          <div className="span-tree">
            <SpanToolbar
              heading={lists}
              control={control}
              services={services.names}
              drawing={drawing}
              onDrawing={controller.setDrawing}
              searchField={controller.search}
              zoomed={zoom.shown !== undefined}
              onZoomTo={() => zoom.toRow(selected)}
              onZoomOut={zoom.out}
              incomplete={!complete}
            />
            <SpanTreeView
              control={control}
              drawing={drawing}
              services={services}
              stack={stack}
              moments={moments}
              onMoment={({ spanId }) => show(spanId)}
              rootCause={rootCause}
              zoom={zoom.shown}
              onZoom={zoom.set}
              grid={controller.grid}
            />
          </div>
        )}
      </SplitPane>
    </section>
  )
}
