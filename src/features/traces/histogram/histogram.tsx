import { useMemo, useState } from 'react'
import type { HistogramReply } from '../../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { useWide } from '../../../ui/media-query.ts'
import { clockTime, dayText, formatCount, sameDay, shareText, shortTime } from '../../../ui/text/format.ts'
import { Brush } from './brush.tsx'
import {
  axisOf,
  axisTicks,
  brushOf,
  bucketWords,
  rangeOf,
  type Stretch,
  totalsWithin,
} from './histogram-frame.ts'

const HEIGHT = 44
/** Width of a bucket in the drawing's own units; a bar takes seven of them at most. */
const STEP = 10
const BAR = 7
/** Bars of few buckets are as thin as if there were so many: one turn is no slab across the page. */
const FEW = 32

/** The path of one bar; `most` = how many buckets there are. */
const bar = (index: number, top: number, height: number, most: number) => {
  const width = BAR * Math.min(1, most / FEW)
  return `M${(index + 0.5) * STEP - width / 2} ${top}v${-height}h${width}v${height}z`
}

interface Bars {
  readonly outside: string
  readonly inside: string
  readonly errors: string
}

/** Three paths for all bars: turns outside and inside of the brush, errors at the foot. */
function barsOf(reply: HistogramReply, brush: Stretch | undefined): Bars {
  const { most } = rangeOf(reply)
  const scale = most > 0 ? (HEIGHT - 1) / most : 0
  const paths = { outside: '', inside: '', errors: '' }
  reply.ok.forEach((ok, index) => {
    const error = reply.error[index] ?? 0
    // One turn among thousands is still one pixel high.
    const errorHeight = error > 0 ? Math.max(1.5, error * scale) : 0
    const okHeight = ok > 0 ? Math.max(1, ok * scale) : 0
    const start = reply.from + reply.bucket * index
    const within = !brush || (start + reply.bucket > brush.from && start < brush.to)
    if (okHeight > 0)
      paths[within ? 'inside' : 'outside'] += bar(index, HEIGHT - errorHeight, okHeight, reply.ok.length)
    if (errorHeight > 0) paths.errors += bar(index, HEIGHT, errorHeight, reply.ok.length)
  })
  return paths
}

/** Which share of a label stands left of its moment: half, less at the axis's start, more at its end. */
const tickShift = (at: number): number => (at < 0.06 ? at / 0.12 : at > 0.94 ? 1 - (1 - at) / 0.12 : 0.5)

/** A stretch in words: `20 Nov 09:30 – 14:03`, with seconds where it is short. */
function stretchWords({ from, to }: Stretch, utc: boolean): string {
  const clock = to - from < 120e6 ? clockTime : shortTime
  const year = new Date().getFullYear()
  const end = sameDay(from, to, utc) ? clock(to, utc) : `${dayText(to, utc, year)} ${clock(to, utc)}`
  return `${dayText(from, utc, year)} ${clock(from, utc)} – ${end}`
}

/**
 * Turns over time with failures at the foot. Dragging or the arrow keys brush a stretch, which becomes the
 * filter's `from` and `to`.
 */
export function Histogram({
  reply,
  query,
  utc,
  of,
  onBrush,
}: {
  /** Absent while it is on its way: the axis keeps its place. */
  readonly reply: HistogramReply | undefined
  readonly query: TraceQuery
  readonly utc: boolean
  /** Where not all turns were counted: which were. */
  readonly of: string | undefined
  /** `undefined` clears. */
  readonly onBrush: (stretch: Stretch | undefined) => void
}) {
  const wide = useWide()
  const [pointed, setPointed] = useState<number>()
  const counted = query.from !== undefined || query.to !== undefined || query.last !== undefined
  // Without turns and without bounds there is no time to speak of.
  const axis = useMemo(
    () => (reply && reply.ok.length > 0 && (counted || rangeOf(reply).most > 0) ? axisOf(reply) : undefined),
    [reply, counted],
  )
  const settled = useMemo(() => brushOf(query, axis), [query, axis])
  const [moving, setMoving] = useState<Stretch>()
  const brush = moving ?? settled
  const bars = useMemo(() => reply && barsOf(reply, brush), [reply, brush])
  const ticks = useMemo(() => (axis ? axisTicks(axis, wide ? 9 : 6, utc) : []), [axis, wide, utc])
  const bounded = query.from !== undefined || query.to !== undefined

  const caption = (): string => {
    if (!reply || !axis) return ''
    const one = pointed === undefined || pointed >= reply.ok.length ? undefined : pointed
    const stretch =
      one === undefined
        ? brush
        : {
            from: (reply.from + reply.bucket * one) as Stretch['from'],
            to: (reply.from + reply.bucket * (one + 1)) as Stretch['to'],
          }
    if (!stretch) return ''
    const { turns, errors } = totalsWithin(
      reply,
      one === undefined ? stretch : { ...stretch, to: (stretch.to - 1) as Stretch['to'] },
    )
    const what = one === undefined ? 'Selected ' : ''
    const edge = (time: number) => (time - reply.from) % reply.bucket === 0
    // Edges inside of a bucket: its turns are counted whole.
    const about = edge(stretch.from) && edge(stretch.to) ? '' : 'about '
    return `${what}${stretchWords(stretch, utc)} · ${about}${formatCount(turns)} ${turns === 1 ? 'turn' : 'turns'} · ${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}${turns > 0 ? ` (${shareText(errors, turns)})` : ''}`
  }
  const range = reply && rangeOf(reply)

  return (
    <section aria-label="Turns over time" className="flex-none px-gutter pb-1">
      <div className="flex h-5 items-center gap-4 text-label whitespace-nowrap text-text-3">
        <span className="text-text-2">
          {reply && axis && range
            ? `Turns ${bucketWords(reply.bucket)} · peak ${formatCount(range.most)}`
            : 'Turns over time'}
        </span>
        <span className="inline-flex items-center gap-[5px]">
          <i aria-hidden="true" className="size-2 bg-mark-2" />
          ok
        </span>
        <span className="inline-flex items-center gap-[5px]">
          <i aria-hidden="true" className="size-2 bg-error" />✗ error
        </span>
        {of && <span className="cut">{of}</span>}
        <span className="flex-1" />
        <span className="cut hidden wide:inline">{caption()}</span>
        {bounded && (
          <button type="button" onClick={() => onBrush(undefined)} className="text-accent hover:underline">
            Clear selection
          </button>
        )}
      </div>
      <div className="relative h-[44px] border-b border-border-2">
        {reply && bars && (
          <svg
            viewBox={`0 0 ${reply.ok.length * STEP} ${HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
            className="absolute inset-0 size-full"
          >
            {pointed !== undefined && (
              <rect x={pointed * STEP} y={0} width={STEP} height={HEIGHT} className="fill-accent-tint" />
            )}
            <path d={bars.outside} className="fill-mark-3" />
            <path d={bars.inside} className="fill-mark-2" />
            <path d={bars.errors} className="fill-error" />
          </svg>
        )}
        {reply && axis && (
          <Brush
            axis={axis}
            step={reply.bucket}
            brush={brush}
            words={(stretch) => stretchWords(stretch, utc)}
            onMove={setMoving}
            onSettle={(stretch) => {
              setMoving(undefined)
              onBrush(stretch)
            }}
            onPoint={(at) => setPointed(at === undefined ? undefined : Math.floor(at * reply.ok.length))}
          />
        )}
      </div>
      <div aria-hidden="true" className="relative h-4 text-label text-text-3">
        {ticks.map(({ at, label }) => (
          <span
            key={label + at}
            className="absolute top-0.5 whitespace-nowrap"
            // Moves from its left edge at the axis's start to its right edge at the end: never clipped.
            style={{ left: `${at * 100}%`, translate: `${-tickShift(at) * 100}%` }}
          >
            {label}
          </span>
        ))}
      </div>
    </section>
  )
}
