import { useMemo, useRef } from 'react'
import type { AggregateReply } from '../../domain/aggregate/aggregate-request.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { durationMicros } from '../../domain/model/units.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useHistogram, useSlowestTurns } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { Link } from '../../ui/link.tsx'
import { clockTime, dayText, durationText, formatCount } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { Duration } from '../../ui/text/quantity.tsx'
import { useWidth } from '../../ui/use-width.ts'
import { useAggregates } from './aggregates.ts'
import { FigureTable } from './figure-table.tsx'
import { Panel, PanelBody } from './panel.tsx'
import { durationTicks, type Plane, planeOf, steppedLine } from './scatter-plane.ts'

const BUCKETS = 48
const MINUTE = 60e6
const HEIGHT = 240

function Points({
  plane,
  turns,
  source,
}: {
  readonly plane: Plane
  readonly turns: readonly TraceSummary[]
  readonly source: string
}) {
  const { utc } = usePreferences()
  return turns.map(({ traceId, startTime, duration, status, chatbot }) => (
    <Link
      key={traceId}
      to={paths.trace(source, traceId)}
      tabIndex={-1}
      className={status === 'error' ? 'text-error' : 'text-mark-1'}
    >
      <title>{`${clockTime(startTime, utc)} ${printable(chatbot.name)}, ${durationText(duration)}${status === 'error' ? ', failed' : ''}`}</title>
      {status === 'error' ? (
        <path
          d={`M${plane.x(startTime) - 3} ${plane.y(duration) - 3}l6 6m0-6l-6 6`}
          stroke="currentColor"
          strokeWidth="1.5"
        />
      ) : (
        <circle cx={plane.x(startTime)} cy={plane.y(duration)} r="2.5" fill="currentColor" />
      )}
    </Link>
  ))
}

/** The drawing: its numbers stand in the table below it. */
function Scatter({
  turns,
  lines,
  bounds,
  source,
}: {
  readonly turns: readonly TraceSummary[]
  readonly lines: readonly AggregateReply[]
  readonly bounds: { readonly from: number; readonly to: number }
  readonly source: string
}) {
  const { utc } = usePreferences()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box) || 600
  const [p50, p95] = lines
  const values = [
    ...turns.map(({ duration }) => duration),
    ...lines.flatMap(({ rows }) => rows.flatMap(({ value }) => value ?? [])),
  ]
  const plane = planeOf(bounds, values, { width, height: HEIGHT })
  const sameDay = dayText(bounds.from, utc) === dayText(bounds.to, utc)
  const moment = (at: number) =>
    sameDay ? clockTime(at, utc).slice(0, 5) : dayText(at, utc, new Date(at / 1000).getFullYear())
  return (
    <div ref={box} aria-hidden="true">
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: decoration, its numbers stand in a table */}
      <svg width={width} height={HEIGHT} className="block text-label">
        {durationTicks(values).map((tick) => (
          <g key={tick}>
            <path d={`M${plane.left} ${plane.y(tick)}H${plane.right}`} stroke="var(--grid)" />
            <text
              x={plane.left - 6}
              y={plane.y(tick) + 4}
              textAnchor="end"
              fill="var(--text-3)"
              fontSize="11"
            >
              {durationText(tick).replace(/\.0+ /, ' ')}
            </text>
          </g>
        ))}
        {[0, 0.5, 1].map((share) => {
          const at = bounds.from + share * (bounds.to - bounds.from)
          return (
            <text
              key={share}
              x={plane.x(at)}
              y={HEIGHT - 4}
              textAnchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
              fill="var(--text-3)"
              fontSize="11"
            >
              {moment(at)}
            </text>
          )
        })}
        <Points plane={plane} turns={turns} source={source} />
        <path d={steppedLine(plane, p50?.rows ?? [])} fill="none" stroke="var(--text-1)" strokeWidth="1.2" />
        <path
          d={steppedLine(plane, p95?.rows ?? [])}
          fill="none"
          stroke="var(--text-1)"
          strokeWidth="1.2"
          strokeDasharray="4 3"
        />
      </svg>
    </div>
  )
}

const SHOWN = 10

function Slowest({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const { source } = useSource()
  const { utc } = usePreferences()
  const id = source.info.id
  const steps = useHistogram(query, BUCKETS, seen).data
  const over = steps && durationMicros(Math.max(1, Math.ceil(steps.bucket / MINUTE)) * MINUTE)
  const answer = useAggregates(
    over
      ? [
          { query, measure: 'p50', of: 'duration', over },
          { query, measure: 'p95', of: 'duration', over },
        ]
      : [],
    seen && over !== undefined,
  )
  const slowest = useSlowestTurns(query, seen)
  const turns = useMemo(
    () => slowest.data?.filter(({ status }) => status !== 'pending') ?? [],
    [slowest.data],
  )
  const waiting = !steps || slowest.data === undefined
  const failed = slowest.error && slowest.data === undefined ? slowest.error : answer.error
  const shown = waiting ? { ...answer, replies: undefined, error: failed } : answer
  return (
    <PanelBody answer={shown} isEmpty={turns.length === 0} empty="No turn has ended.">
      {steps && <Scatter turns={turns} lines={answer.replies ?? []} bounds={steps} source={id} />}
      <p className="mb-2 text-label text-text-3">
        <span aria-hidden="true">● ok</span>{' '}
        <span className="text-error" aria-hidden="true">
          ✗ failed
        </span>
        <span aria-hidden="true"> — p50 of all, - - p95 of all</span>
      </p>
      <details open={turns.length <= SHOWN}>
        <summary className="text-data text-text-2">
          {turns.length === 1 ? 'The turn' : `The ${formatCount(turns.length)} turns drawn`} as a table
        </summary>
        <FigureTable
          label="The slowest turns"
          head="Start"
          rows={turns}
          rowKey={({ traceId }) => traceId}
          name={({ traceId, startTime }) => (
            <Link to={paths.trace(id, traceId)} className="text-accent">
              {dayText(startTime, utc, new Date(startTime / 1000).getFullYear())}, {clockTime(startTime, utc)}
            </Link>
          )}
          columns={[
            { name: 'Chatbot', cell: ({ chatbot }) => <bdi>{printable(chatbot.name)}</bdi> },
            {
              name: 'Status',
              cell: ({ status }) =>
                status === 'error' ? <span className="text-error">✗ failed</span> : 'ok',
            },
            { name: 'Duration', cell: ({ duration }) => <Duration value={duration} /> },
          ]}
        />
        {answer.replies && steps && (
          <FigureTable
            label="Durations over time"
            head="From"
            rows={
              answer.replies[0]?.rows.map((row, at) => ({
                ...row,
                p95: answer.replies?.[1]?.rows[at]?.value,
              })) ?? []
            }
            rowKey={({ at }) => String(at)}
            name={({ at = 0 }) => `${dayText(at, utc)}, ${clockTime(at, utc)}`}
            columns={[
              { name: 'Turns', cell: ({ count }) => formatCount(count) },
              { name: 'p50', cell: ({ value }) => <Duration value={value} why="no turn had ended" /> },
              { name: 'p95', cell: ({ p95 }) => <Duration value={p95} why="no turn had ended" /> },
            ]}
          />
        )}
      </details>
    </PanelBody>
  )
}

/** For sources that sort by duration: where they do not, the slowest are not known. */
export function SlowTurns({ query }: { readonly query: TraceQuery }) {
  const { sorts } = useSource().source.info.capabilities
  if (!sorts.includes('duration')) return null
  return (
    <Panel
      title="Which turns are slow?"
      note="the 200 slowest, each the way to its turn; log scale"
      className="wide:col-span-2"
    >
      {(seen) => <Slowest query={query} seen={seen} />}
    </Panel>
  )
}
