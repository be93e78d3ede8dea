import { type ReactNode, useMemo, useState } from 'react'
import { changesBetween } from '../../domain/diff/changes.ts'
import { wordChanges } from '../../domain/diff/word-changes.ts'
import type { AttributeValue } from '../../domain/model/span.ts'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useCount } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { CopyLink } from '../../ui/copy-button.tsx'
import { DiffList, DiffTally } from '../../ui/diff/diff-list.tsx'
import { tallyOf } from '../../ui/diff/diff-rows.ts'
import { JsonView } from '../../ui/json/json-view.tsx'
import { Link } from '../../ui/link.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { Cost, Count, Duration } from '../../ui/text/quantity.tsx'
import { useDataAtEnds } from './data-at-ends.ts'
import { DurationBars } from './duration-bars.tsx'
import { FieldHistory } from './field-history.tsx'
import type { SessionMeasures } from './session-measures.ts'

/** Participants and chatbots that are linked; a session has one of each as a rule. */
const MOST_LINKS = 5

function Fact({
  name,
  children,
  bad,
}: {
  readonly name: string
  readonly children: ReactNode
  readonly bad?: boolean
}) {
  return (
    <div>
      <dt className="text-label whitespace-nowrap text-text-3">{name}</dt>
      <dd className={`text-prose font-semibold whitespace-nowrap ${bad ? 'text-error' : ''}`}>{children}</dd>
    </div>
  )
}

function Section({
  title,
  note,
  action,
  children,
}: {
  readonly title: string
  readonly note?: string
  readonly action?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <h2 className="mb-1 flex items-center gap-1.5 text-label font-semibold text-text-2">
        {title}
        {note && <span className="font-normal text-text-3">{note}</span>}
        <span className="flex-1" />
        {action}
      </h2>
      {children}
    </section>
  )
}

/** What the session changed from its first turn's start to its last turn's end; nothing where nothing did. */
function ChangedOver({ start, now }: { readonly start: AttributeValue; readonly now: AttributeValue }) {
  const [open, setOpen] = useState(false)
  const differences = useMemo(() => changesBetween(start, now), [start, now])
  if (differences.length === 0) return null
  return (
    <Section title="Changes in this session" action={<DiffTally tally={tallyOf(differences)} />}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="text-data text-accent hover:underline"
      >
        {open ? 'Hide changes' : 'Show changes since start'}
      </button>
      {open && (
        <div className="mt-2">
          <DiffList label="Changes over the session" differences={differences} words={wordChanges} />
        </div>
      )}
    </Section>
  )
}

const distinct = <Item,>(items: readonly Item[], idOf: (item: Item) => string): readonly Item[] => [
  ...new Map(items.map((item) => [idOf(item), item])).values(),
]

const only = (field: 'chatbot' | 'participant', value: string) => ({
  ...EVERYTHING,
  conditions: [{ field, operator: 'is', values: [value] } as const],
})

const NOT_TALK: ReadonlySet<TraceSummary['kind']> = new Set(['other', 'training', 'housekeeping'])

/** A way to all traces of somebody or something, with their count where the source has it. */
function TracesOf({ field, id, name }: { field: 'chatbot' | 'participant'; id: string; name: string }) {
  const { source } = useSource()
  const query = useMemo(() => only(field, id), [field, id])
  const count = useCount(query, source.info.capabilities.costs.count === 'exact')
  return (
    <li className="flex gap-1.5">
      <Link to={paths.traces(source.info.id, query)} className="cut text-accent" title={printable(name)}>
        {field} <bdi>{printable(name)}</bdi>
      </Link>
      {count.data && <span className="text-text-3">{formatCount(count.data.count)}</span>}
      {field === 'participant' && (
        <Link to={paths.participant(source.info.id, id)} className="text-accent">
          all sessions
        </Link>
      )}
    </li>
  )
}

/** What stands beside a transcript: figures, durations, links, the participant's data at the end. */
export function SessionSummaryPane({
  turns,
  measures,
  complete,
  onPick,
}: {
  readonly turns: readonly TraceSummary[]
  readonly measures: SessionMeasures
  /** Whether the figures are the whole session's. */
  readonly complete: boolean
  readonly onPick: (at: number) => void
}) {
  const participants = useMemo(
    () =>
      distinct(
        turns.flatMap(({ participant }) => participant ?? []),
        ({ id }) => id,
      ),
    [turns],
  )
  const chatbots = useMemo(
    () =>
      distinct(
        turns.map(({ chatbot }) => chatbot),
        ({ id }) => id,
      ),
    [turns],
  )
  const talked = useMemo(() => turns.filter(({ kind }) => !NOT_TALK.has(kind)), [turns])
  const { start, end } = useDataAtEnds(talked, complete)
  const now = end?.data.after ?? end?.data.before
  return (
    <aside aria-label="Session summary" className="min-h-0 flex-1 overflow-auto">
      <section className="border-b border-border-1 px-gutter py-3">
        <dl className="grid grid-cols-[repeat(5,auto)] justify-between gap-3">
          <Fact name="Turns">
            {formatCount(measures.turns)}
            {complete ? '' : '+'}
          </Fact>
          <Fact name="Errors" bad={measures.errors > 0}>
            {formatCount(measures.errors)}
          </Fact>
          <Fact name="p50 duration">
            <Duration value={measures.medianDuration} why="no turn has ended" />
          </Fact>
          <Fact name="Tokens">
            <Count value={measures.totalTokens} why="not reported" />
          </Fact>
          <Fact name="Cost">
            <Cost value={measures.cost} why="not reported" />
          </Fact>
        </dl>
        {!complete && <p className="text-label text-text-3">of the turns loaded so far</p>}
      </section>
      <Section title="Durations" note="by turn">
        <DurationBars turns={turns} longest={measures.longest} onPick={onPick} />
      </Section>
      <Section title="Traces of">
        <ul className="text-data leading-5">
          {participants.slice(0, MOST_LINKS).map(({ id, name }) => (
            <TracesOf key={id} field="participant" id={id} name={name ?? id} />
          ))}
          {chatbots.slice(0, MOST_LINKS).map(({ id, name }) => (
            <TracesOf key={id} field="chatbot" id={id} name={name} />
          ))}
        </ul>
      </Section>
      {now !== undefined && (
        <>
          <Section
            title="Participant data"
            note={`after turn ${turns.findIndex(({ traceId }) => traceId === end?.turn) + 1}`}
            action={
              <CopyLink label="Copy participant data as JSON" text={() => JSON.stringify(now, null, 2)}>
                Copy JSON
              </CopyLink>
            }
          >
            <JsonView label="Participant data" value={now} />
          </Section>
          {start !== undefined && <ChangedOver start={start} now={now} />}
          <FieldHistory turns={talked} />
        </>
      )}
    </aside>
  )
}
