import type { ReactNode } from 'react'
import { type MetricName, measured, type TraceSummary } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import { TABLE_COLUMNS, type TableColumnId } from '../../../domain/query/columns.ts'
import { paths } from '../../../state/location.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { Icon, StatusIcon } from '../../../ui/icons/icons.tsx'
import { Link } from '../../../ui/link.tsx'
import { ageText, clockTime, dayText, fullTime, sameDay, versionText } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { Cost, Count, Seconds, Unknown } from '../../../ui/text/quantity.tsx'
import { limitOf, whyUnknown } from './metric-reason.ts'

/** What cells need beside their trace. */
export interface CellContext {
  readonly utc: boolean
  /** µs; moves on by the minute, for ages. */
  readonly now: number
  /** The slowest duration that the bars reach to, µs. */
  readonly longest: number
  readonly hrefOf: (trace: TraceSummary) => string
}

type Cell = (trace: TraceSummary, context: CellContext) => ReactNode

const NOTES: Record<NonNullable<TraceSummary['note']>, string> = {
  'text-not-recorded': 'text not recorded',
  'spoken-not-recorded': 'spoken, not recorded',
}

/** An id or name that is too long for its column loses its middle. */
const middleCut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text.slice(0, Math.ceil((length - 1) / 2))}…${text.slice(-Math.floor((length - 1) / 2))}`

const SESSION_LENGTH = 11

function Partial({ trace, name, children }: { trace: TraceSummary; name: MetricName; children: ReactNode }) {
  const limit = limitOf(trace.metrics, name)
  if (!limit) return children
  return (
    <span title={limit}>
      <span className="text-text-3">{limit.startsWith('partial') ? '≥' : '~'}</span>
      {children}
      <span className="sr-only">, {limit}</span>
    </span>
  )
}

const counted =
  (name: MetricName): Cell =>
  (trace) => (
    <Partial trace={trace} name={name}>
      <Count value={measured(trace, name)} why={whyUnknown(trace, name)} />
    </Partial>
  )

const plainCount =
  (read: (trace: TraceSummary) => number | undefined): Cell =>
  (trace) => <Count value={read(trace)} />

/** Two slanted gaps near the end of a bar that is cut. */
const CUT =
  'before:absolute before:-inset-y-0.5 before:right-1 before:w-0.5 before:-skew-x-12 before:bg-surface-1 ' +
  'after:absolute after:-inset-y-0.5 after:right-2.5 after:w-0.5 after:-skew-x-12 after:bg-surface-1'

const duration: Cell = (trace, { longest, now }) => {
  const failed = trace.status === 'error'
  if (trace.status === 'pending') {
    return (
      <span className="block text-right">
        <Unknown why={`running, began ${ageText(trace.startTime, now)}`} />
      </span>
    )
  }
  const share = longest > 0 ? Math.min(100, (trace.duration / longest) * 100) : 0
  return (
    <span className="grid grid-cols-[minmax(0,1fr)_50px] items-center gap-1.5">
      <span
        aria-hidden="true"
        {...(trace.duration > longest && { title: 'Longer than the bar can show' })}
        className={`relative block h-1 min-w-px ${failed ? 'bg-error' : 'bg-mark-2'} ${trace.duration > longest ? CUT : ''}`}
        style={{ width: `${share}%` }}
      />
      <span className="text-right">
        <Seconds value={trace.duration} />
      </span>
    </span>
  )
}

const outcome: Cell = (trace, { now }) => {
  if (trace.status === 'error' && trace.error) {
    return (
      <span className="cut text-error" title={trace.error}>
        <Icon name="error" size="small" className="-mt-px mr-[3px] inline" />
        {printable(trace.error)}
      </span>
    )
  }
  if (trace.output !== undefined) {
    return (
      <span className="cut text-text-2" title={trace.output}>
        {printable(trace.output)}
      </span>
    )
  }
  if (trace.responses && trace.responses.length > 0) {
    const names = trace.responses.join(', ')
    return (
      <span
        className="cut font-mono text-code text-text-2"
        title={`${names}: sent by name, words not recorded`}
      >
        {printable(names)}
      </span>
    )
  }
  const said =
    trace.status === 'pending'
      ? `running, began ${ageText(trace.startTime, now)}`
      : trace.note
        ? NOTES[trace.note]
        : trace.status === 'error'
          ? 'failed without a message'
          : undefined
  return said ? <span className="cut text-text-3">{said}</span> : <Unknown why="no output" />
}

const noInput = (trace: TraceSummary): ReactNode =>
  trace.note ? <span className="text-text-3">{NOTES[trace.note]}</span> : <Unknown why="no input" />

const inputOutput: Cell = (trace, context) => (
  <span className="grid grid-cols-[minmax(0,1fr)_18px_minmax(0,1fr)] items-center">
    <span className="cut" title={trace.input}>
      {trace.input === undefined ? noInput(trace) : printable(trace.input)}
    </span>
    <span className="text-center text-text-3">→</span>
    {outcome(trace, context)}
  </span>
)

const time: Cell = (trace, { utc, now, hrefOf }) => (
  <Link
    to={hrefOf(trace)}
    tabIndex={-1}
    title={`${fullTime(trace.startTime, utc)}, ${ageText(trace.startTime, now)}`}
    className="text-text-1"
  >
    {clockTime(trace.startTime, utc)}
    {!sameDay(trace.startTime, now, utc) && (
      <span className="pl-1.5 text-text-3">
        {dayText(trace.startTime, utc, new Date(now / 1000).getFullYear())}
      </span>
    )}
  </Link>
)

const chatbot: Cell = ({ chatbot: { id, name, version }, kind }) => (
  <span title={[name, version, id === name ? undefined : id].filter(Boolean).join(' · ')}>
    {name}
    {version && <span className="pl-[0.35em] text-text-3">{versionText(version)}</span>}
    {kind !== 'turn' && kind !== 'other' && (
      <span className="pl-[0.35em]">
        <Badge>{kind}</Badge>
      </span>
    )}
  </span>
)

/** Leads to the turn in its session's transcript. */
function SessionLink({ session, trace }: { readonly session: string; readonly trace: TraceId }) {
  const { source } = useSource()
  return (
    <Link
      to={paths.session(source.info.id, session, { peek: trace })}
      tabIndex={-1}
      title={session}
      className="font-mono text-label text-text-2"
    >
      {middleCut(session, SESSION_LENGTH)}
    </Link>
  )
}

const CELLS: Partial<Record<TableColumnId, Cell>> = {
  status: ({ status }) => <StatusIcon status={status} />,
  time,
  chatbot,
  session: ({ session, traceId }) =>
    session ? <SessionLink session={session.id} trace={traceId} /> : <Unknown why="no session" />,
  participant: ({ participant }) =>
    participant ? (
      <span title={participant.name ? `${participant.name} · ${participant.id}` : participant.id}>
        {participant.name ?? participant.id}
      </span>
    ) : (
      <Unknown why="no participant" />
    ),
  io: inputOutput,
  output: outcome,
  duration,
  llmTurns: counted('llmTurns'),
  toolCalls: counted('toolCalls'),
  tokens: counted('totalTokens'),
  inputTokens: counted('inputTokens'),
  outputTokens: counted('outputTokens'),
  cachedTokens: counted('cachedTokens'),
  reasoningTokens: counted('reasoningTokens'),
  cost: (trace) => (
    <Partial trace={trace} name="cost">
      <Cost value={measured(trace, 'cost')} why={whyUnknown(trace, 'cost')} />
    </Partial>
  ),
  timeToFirstToken: (trace) => (
    <Seconds value={trace.metrics.timeToFirstToken} why={whyUnknown(trace, 'timeToFirstToken')} />
  ),
  spans: plainCount(({ spanCount }) => spanCount),
  failedSpans: plainCount(({ errorCount }) => errorCount),
  turns: plainCount(({ turns }) => turns),
  feedback: ({ feedback }) =>
    feedback.length > 0 ? (
      <span
        title={feedback
          .map(({ name, value, comment }) =>
            [name, value, comment].filter((part) => part !== undefined).join(' '),
          )
          .join('; ')}
      >
        {feedback.map(({ name, value }) => (value === undefined ? name : `${name} ${value}`)).join(', ')}
      </span>
    ) : (
      <Unknown why="no feedback" />
    ),
  error: ({ error }) =>
    error ? (
      <span className="text-error" title={error}>
        {error}
      </span>
    ) : null,
  traceId: ({ traceId }) => (
    <span title={traceId} className="font-mono text-label text-text-2">
      {middleCut(traceId, 18)}
    </span>
  ),
}

const READ = new Map(TABLE_COLUMNS.map(({ id, table }) => [id, table.read]))

/** What stands in a column's cell of a trace. */
export function cellOf(id: TableColumnId, trace: TraceSummary, context: CellContext): ReactNode {
  const draw = CELLS[id]
  if (draw) return draw(trace, context)
  const text = READ.get(id)?.(trace) ?? null
  return text === null ? <Unknown /> : <span title={String(text)}>{text}</span>
}
