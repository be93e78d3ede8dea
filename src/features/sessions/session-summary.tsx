import type { ReactNode } from 'react'
import type { Trace, TraceSummary } from '../../domain/trace.ts'
import { EVERYTHING } from '../../domain/trace-query.ts'
import { paths } from '../../state/location.ts'
import { CopyLink } from '../../ui/copy-button.tsx'
import { formatCount } from '../../ui/format.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { Link } from '../../ui/link.tsx'
import { Cost, Count, Duration } from '../../ui/quantity.tsx'
import { DurationBars } from './duration-bars.tsx'
import { FieldHistory } from './field-history.tsx'
import type { SessionMeasures } from './session-measures.ts'

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

const distinct = <Item,>(items: readonly Item[], idOf: (item: Item) => string): readonly Item[] => [
  ...new Map(items.map((item) => [idOf(item), item])).values(),
]

const only = (field: 'chatbot' | 'participant', value: string) => ({
  ...EVERYTHING,
  conditions: [{ field, operator: 'is', values: [value] } as const],
})

/** What stands beside a transcript: figures, durations, links, the participant's data at the end. */
export function SessionSummaryPane({
  turns,
  measures,
  source,
  last,
  lastNumber,
  onPick,
}: {
  readonly turns: readonly TraceSummary[]
  readonly measures: SessionMeasures
  readonly source: string
  /** The last turn that recorded participant data. */
  readonly last: Trace | undefined
  readonly lastNumber: number
  readonly onPick: (at: number) => void
}) {
  const participants = distinct(
    turns.flatMap(({ participant }) => participant ?? []),
    ({ id }) => id,
  )
  const chatbots = distinct(
    turns.map(({ chatbot }) => chatbot),
    ({ id }) => id,
  )
  const data = last?.participantData
  const now = data?.after ?? data?.before
  return (
    <aside aria-label="Session summary" className="min-h-0 overflow-auto">
      <section className="border-b border-border-1 px-gutter py-3">
        <dl className="grid grid-cols-[repeat(5,auto)] justify-between gap-3">
          <Fact name="Turns">{formatCount(measures.turns)}</Fact>
          <Fact name="Errors" bad={measures.errors > 0}>
            {formatCount(measures.errors)}
          </Fact>
          <Fact name="p50 duration">
            <Duration value={measures.medianDuration} why="no turn has ended" />
          </Fact>
          <Fact name="Tokens">
            <Count value={measures.totalTokens} why="not measured" />
          </Fact>
          <Fact name="Cost">
            <Cost value={measures.cost} why="not measured" />
          </Fact>
        </dl>
      </section>
      <Section title="Durations" note="by turn">
        <DurationBars turns={turns} longest={measures.longest} onPick={onPick} />
      </Section>
      <Section title="All traces of">
        <ul className="text-data leading-5">
          {participants.slice(0, 5).map(({ id, name }) => (
            <li key={id} className="cut">
              <Link to={paths.traces(source, only('participant', id))} className="text-accent">
                participant {name ?? id}
              </Link>
            </li>
          ))}
          {chatbots.slice(0, 5).map(({ id, name }) => (
            <li key={id} className="cut">
              <Link to={paths.traces(source, only('chatbot', id))} className="text-accent">
                chatbot {name}
              </Link>
            </li>
          ))}
        </ul>
      </Section>
      {now !== undefined && (
        <>
          <Section
            title="Participant data"
            note={`after turn ${lastNumber}`}
            action={
              <CopyLink label="Copy participant data as JSON" text={() => JSON.stringify(now, null, 2)}>
                Copy JSON
              </CopyLink>
            }
          >
            <JsonView label="Participant data" value={now} />
          </Section>
          <FieldHistory turns={turns} />
        </>
      )}
    </aside>
  )
}
