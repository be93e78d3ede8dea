import { type CSSProperties, type Ref, useCallback, useMemo } from 'react'
import { SPAN_KINDS } from '../../../../domain/model/span.ts'
import { criticalPath, type PathSegment } from '../../../../domain/tree/span-timing.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import type { CallMoment } from '../../../../semantics/trace/call-moments.ts'
import type { StackSegment } from '../../../../semantics/trace/rasa-explanation.ts'
import { scaledDuration } from '../../../../ui/text/format.ts'
import { printable } from '../../../../ui/text/printable-text.ts'
import { Treegrid, type TreegridHandle } from '../../../../ui/tree/treegrid.tsx'
import { CallLane } from '../timeline/call-lane.tsx'
import { Minimap, type RowColours } from '../timeline/minimap.tsx'
import { gapsOf, type Stretch, ticksOf, timeAxis } from '../timeline/time-axis.ts'
import { TimeCursor } from '../timeline/time-cursor.tsx'
import { type PaintContext, paintRow, rowId } from './row-paint.ts'
import { createRow, type RowParts } from './row-parts.ts'
import type { Drawing } from './span-toolbar.tsx'
import type { SpanTreeControl } from './use-span-tree.ts'

/** Beside the last span there is some room. */
const ROOM_AT_END = 1.03
const MOST_TICKS = 7
const LEGEND = 6

/** Hairlines of the time grid, as a background of the box that scrolls. */
const ticksBackground = (ticks: readonly { readonly x: number }[]): string => {
  const before = 'var(--name) + var(--lat)'
  return (
    ticks
      .filter(({ x }) => x > 0)
      .map(({ x }) => {
        const left = `calc(${before} + (100cqw - (${before} + 16px)) * ${x.toFixed(5)})`
        return `linear-gradient(var(--grid), var(--grid)) ${left} 0 / 1px 100% no-repeat`
      })
      .join(', ') || 'none'
  )
}

const byRow = (segments: readonly PathSegment[]): ReadonlyMap<number, readonly PathSegment[]> => {
  const rows = new Map<number, PathSegment[]>()
  for (const segment of segments) {
    const known = rows.get(segment.row)
    if (known) known.push(segment)
    else rows.set(segment.row, [segment])
  }
  return rows
}

const KIND_TOKENS = SPAN_KINDS.map((kind) =>
  kind === 'feedback' || kind === 'custom' ? '--kind-system' : `--kind-${kind}`,
)
const SERVICE_TOKENS = [1, 2, 3, 4, 5, 6].map((at) => `--service-${at}`)

const rowColours = (
  tree: SpanTree,
  colourBy: Drawing['colourBy'],
  colourOf: (service: string) => number,
): RowColours =>
  colourBy === 'service'
    ? { names: SERVICE_TOKENS, of: Uint8Array.from(tree.spans, (span) => colourOf(span.service)) }
    : { names: KIND_TOKENS, of: Uint8Array.from(tree.spans, (span) => SPAN_KINDS.indexOf(span.kind)) }

/** The rows, and above them on the same axis of time what helps to read them. */
export function SpanTreeView({
  control,
  drawing,
  services,
  stack,
  moments,
  onMoment,
  rootCause,
  zoom,
  onZoom,
  grid,
}: {
  readonly control: SpanTreeControl
  readonly drawing: Drawing
  readonly services: { readonly names: readonly string[]; readonly colourOf: (service: string) => number }
  /** What was on top of the dialogue stack, from each moment on. */
  readonly stack: readonly StackSegment[]
  /** What happened in a call beside its turns. */
  readonly moments: readonly CallMoment[]
  readonly onMoment: (moment: CallMoment) => void
  readonly rootCause: number
  readonly zoom: Stretch | undefined
  readonly onZoom: (zoom: Stretch | undefined) => void
  readonly grid: Ref<TreegridHandle>
}) {
  const { tree, shape, state, folds, matches } = control
  const { colourBy, compressGaps } = drawing
  const { colourOf } = services
  const extent = Math.max(1, Math.ceil(tree.extent * ROOM_AT_END))
  const gaps = useMemo(
    () => (compressGaps ? gapsOf(tree.start, tree.end, (row) => tree.subtree[row] === 1, tree.extent) : []),
    [tree, compressGaps],
  )
  const axis = useMemo(() => timeAxis(zoom ?? { from: 0, to: extent }, gaps), [zoom, extent, gaps])
  const ticks = useMemo(() => ticksOf(axis, MOST_TICKS), [axis])
  const critical = useMemo(
    () => (drawing.critical ? byRow(criticalPath(tree)) : undefined),
    [tree, drawing.critical],
  )
  const active = shape.indexOf(state.active)
  const collapsed = matches ? state.collapsedInFilter : state.collapsed
  const context = useMemo<PaintContext>(
    () => ({
      tree,
      folds: folds?.list ?? [],
      shape,
      axis,
      active,
      rootCause,
      colourBy,
      colourOf,
      critical,
      matches,
      orphans: tree.size - tree.firstOrphan,
      collapsed,
    }),
    [tree, folds, shape, axis, active, rootCause, colourBy, colourOf, critical, matches, collapsed],
  )
  const paint = useCallback((parts: RowParts, index: number) => paintRow(parts, index, context), [context])
  const colours = useMemo(() => rowColours(tree, colourBy, colourOf), [tree, colourBy, colourOf])
  return (
    <div className="contents" style={{ '--ticks': ticksBackground(ticks) } as CSSProperties}>
      <div className="lane map">
        <span>
          {services.names.slice(0, LEGEND).map((name) => (
            <span key={name} className="inline-flex min-w-0 items-center gap-[5px] text-text-2">
              <i aria-hidden="true" className={`swatch s-${colourOf(name) + 1}`} />
              <bdi className="cut">{printable(name)}</bdi>
            </span>
          ))}
          {services.names.length > LEGEND && <span>{services.names.length - LEGEND} more</span>}
        </span>
        <span>
          <Minimap tree={tree} extent={extent} colours={colours} window={zoom} onWindow={onZoom} />
        </span>
      </div>
      {stack.length > 0 && (
        <div className="lane stack">
          <span>Top of the dialogue stack</span>
          <span className="overflow-hidden">
            {stack.map(({ from, flow }, at) => {
              const left = axis.toX(from - tree.startTime)
              const right = axis.toX(
                stack[at + 1] ? (stack[at + 1]?.from ?? 0) - tree.startTime : tree.extent,
              )
              return (
                <span
                  key={from}
                  className="on-top"
                  title={printable(flow)}
                  style={{ left: `${left * 100}%`, width: `${Math.max(0, right - left) * 100}%` }}
                >
                  {printable(flow)}
                </span>
              )
            })}
          </span>
        </div>
      )}
      {moments.length > 0 && (
        <CallLane moments={moments} axis={axis} start={tree.startTime} onSelect={onMoment} />
      )}
      <div className="lane ruler">
        <span>
          Name
          <span className="flex-1" />
          Latency
        </span>
        <span className="overflow-hidden">
          {ticks.map(({ x, time }) => {
            const { value, unit } = scaledDuration(time)
            const even = value.includes('.') ? value.replace(/\.?0+$/, '') : value
            return (
              <span key={time} style={{ left: `${x * 100}%` }}>
                {even}
                <span className="pl-[0.2em] text-text-3">{unit}</span>
              </span>
            )
          })}
        </span>
      </div>
      {shape.rows === 0 && (
        <p role="status" className="px-gutter py-3 text-data text-text-2">
          No spans match.
        </p>
      )}
      <TimeCursor axis={axis} />
      <Treegrid
        handle={grid}
        label="Span tree"
        className="rows"
        shape={shape}
        rowHeight={24}
        active={active}
        rowId={rowId}
        create={createRow}
        paint={paint}
        onMove={control.select}
        onToggle={control.toggle}
        onExpandSiblings={control.expandSiblings}
        onOpen={() =>
          document
            .querySelector<HTMLElement>('[aria-label="Selected span"] [role="tab"][aria-selected="true"]')
            ?.focus()
        }
      />
    </div>
  )
}
