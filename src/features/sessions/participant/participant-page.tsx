import { type ReactNode, useMemo } from 'react'
import { useParams } from 'react-router-dom'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { adviceFor } from '../../../state/advice.ts'
import { startCsvExport } from '../../../state/csv-export.ts'
import { paths } from '../../../state/location.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { returnLink } from '../../../state/return-link.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { CopyGlyph, CopyLink } from '../../../ui/copy-button.tsx'
import { Crumb } from '../../../ui/crumb.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { JsonView } from '../../../ui/json/json-view.tsx'
import { Link } from '../../../ui/link.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { dayText, formatCost, formatCount, fullTime, shareText, shortTime } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { Duration } from '../../../ui/text/quantity.tsx'
import { useDataAtEnds } from '../data-at-ends.ts'
import { moodOf } from '../feedback-line.tsx'
import { measureSession } from '../session-measures.ts'
import { FieldHistories } from './field-histories.tsx'
import { feedbackOf, sessionsOf, spent } from './participant-figures.ts'
import { ParticipantSide, Sum } from './participant-side.tsx'
import { type ParticipantTurns, participantQuery, useParticipantTurns } from './participant-turns.ts'
import { SessionRows } from './session-rows.tsx'

/** Chatbots that are linked in the head. */
const MOST_BOTS = 3

function Head({ id, turns, complete }: { id: string; turns: readonly TraceSummary[]; complete: boolean }) {
  const { source } = useSource()
  const query = participantQuery(id)
  const name = turns.findLast(({ participant }) => participant?.name !== undefined)?.participant?.name
  const channels = [...new Set(turns.flatMap(({ channel }) => channel ?? []))].slice(0, MOST_BOTS)
  const bots = [...new Map(turns.map(({ chatbot }) => [chatbot.id, chatbot])).values()].slice(0, MOST_BOTS)
  return (
    <header className="flex min-h-11 flex-none flex-wrap items-center gap-x-2.5 gap-y-1 px-gutter py-1.5">
      <title>{`${printable(name ?? id)} · Participant · Turnscope`}</title>
      <Crumb to={returnLink('sessions', source.info.id) ?? paths.sessions(source.info.id)}>Sessions</Crumb>
      <h1 className="flex min-w-0 items-center gap-2 text-title font-semibold">
        <span className="sr-only">Participant </span>
        <bdi className="cut" title={printable(name ?? id)}>
          {printable(name ?? id)}
        </bdi>
      </h1>
      <span className="flex min-w-0 items-center gap-1 text-data text-text-2">
        {name !== undefined && <bdi className="cut font-mono text-code">{printable(id)}</bdi>}
        <CopyGlyph label="Copy participant id" text={() => id} />
      </span>
      {bots.length > 0 && (
        <span className="cut text-data text-text-2">
          {channels.length > 0 && `${printable(channels.join(', '))}, `}with{' '}
          {bots.map((bot, at) => (
            <span key={bot.id}>
              {at > 0 && ', '}
              <Link to={paths.chatbot(source.info.id, bot.id)}>
                <bdi>{printable(bot.name)}</bdi>
              </Link>
            </span>
          ))}
        </span>
      )}
      <span className="flex-1" />
      <ButtonLink to={paths.traces(source.info.id, query)}>
        View traces
        {turns.length > 0 && (
          <span className="text-text-3">
            {formatCount(turns.length)}
            {!complete && '+'}
          </span>
        )}
      </ButtonLink>
      <Button onClick={() => startCsvExport(source.info.id, query)} disabled={turns.length === 0}>
        <Icon name="download" size="small" />
        Export CSV
      </Button>
    </header>
  )
}

function Card({ name, note, children }: { name: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="border-r border-border-1 px-gutter py-2 whitespace-nowrap last:border-r-0">
      <dt className="text-label text-text-3">{name}</dt>
      <dd>
        <b className="text-title">{children}</b>
        {note !== undefined && <span className="ml-1.5 text-data text-text-3">{note}</span>}
      </dd>
    </div>
  )
}

function Cards({
  turns,
  sessions,
  complete,
  utc,
}: Pick<ParticipantTurns, 'turns' | 'complete'> & { sessions: number; utc: boolean }) {
  const measures = useMemo(() => measureSession(turns), [turns])
  const tokens = useMemo(() => spent(turns, 'totalTokens', complete), [turns, complete])
  const cost = useMemo(() => spent(turns, 'cost', complete), [turns, complete])
  const moods = useMemo(() => feedbackOf(turns).map(({ feedback }) => moodOf(feedback)), [turns])
  const [first, last] = [turns[0], turns.at(-1)]
  const more = complete ? '' : '+'
  const year = new Date().getFullYear()
  const good = moods.filter((mood) => mood === 'good').length
  const bad = moods.filter((mood) => mood === 'bad').length
  return (
    <dl className="flex flex-none flex-wrap border-y border-border-1">
      <Card name="Sessions">{`${formatCount(sessions)}${more}`}</Card>
      <Card name="Turns">{`${formatCount(measures.turns)}${more}`}</Card>
      <Card
        name="Errors"
        {...(measures.errors > 0 && { note: `${shareText(measures.errors, measures.turns)} of the turns` })}
      >
        <span className={measures.errors > 0 ? 'text-error' : ''}>{formatCount(measures.errors)}</span>
      </Card>
      <Card name="p50 duration">
        <Duration value={measures.medianDuration} why="no turn has ended" />
      </Card>
      <Card name="Tokens">
        <Sum sum={tokens} words={formatCount} />
      </Card>
      <Card name="Cost">
        <Sum sum={cost} words={formatCost} />
      </Card>
      {good + bad > 0 && (
        <Card name="Feedback">
          <span className="inline-flex items-center gap-1.5">
            <Icon name="thumb-up" size="small" className="text-ok" />
            <span className="sr-only">good </span>
            {formatCount(good)}
            <Icon name="thumb-down" size="small" className="ml-1 text-error" />
            <span className="sr-only">bad </span>
            {formatCount(bad)}
          </span>
        </Card>
      )}
      {first && last && (
        <Card name={complete ? 'First and last turn' : 'Turns read'}>
          <span
            className="text-data font-normal"
            title={`${fullTime(first.startTime, utc)} – ${fullTime(last.startTime, utc)}`}
          >
            {dayText(first.startTime, utc, year)} – {dayText(last.startTime, utc, year)}
          </span>
        </Card>
      )}
    </dl>
  )
}

/** What is known of the participant after the last turn that recorded any. */
function KnownNow({ turns, utc }: { readonly turns: readonly TraceSummary[]; readonly utc: boolean }) {
  const { end } = useDataAtEnds(turns, true)
  const now = end?.data.after ?? end?.data.before
  const turn = turns.find(({ traceId }) => traceId === end?.turn)
  return (
    <section aria-labelledby="known" className="min-w-0 px-gutter pb-3">
      <header className="flex min-h-9 items-center gap-2">
        <h2 id="known" className="flex-none text-prose font-semibold">
          Known now
        </h2>
        {turn && (
          <span className="cut text-data text-text-3">
            after the turn of {dayText(turn.startTime, utc, new Date().getFullYear())},{' '}
            {shortTime(turn.startTime, utc)}
          </span>
        )}
        <span className="flex-1" />
        {now !== undefined && (
          <CopyLink label="Copy participant data as JSON" text={() => JSON.stringify(now, null, 2)}>
            Copy JSON
          </CopyLink>
        )}
      </header>
      {now === undefined ? (
        <p className="text-data text-text-3">The latest turns recorded no participant data.</p>
      ) : (
        <JsonView label="Participant data" value={now} />
      )}
    </section>
  )
}

const Waiting = () => (
  <div aria-busy="true" className="grid gap-6 border-t border-border-1 p-gutter">
    {['64%', '40%', '56%', '32%'].map((width) => (
      <Skeleton key={width} width={width} height={28} />
    ))}
  </div>
)

function Body({ id, read }: { readonly id: string; readonly read: ParticipantTurns }) {
  const { source } = useSource()
  const { utc } = usePreferences()
  const { turns, complete, loading, error, retry, more } = read
  const sessions = useMemo(() => sessionsOf(turns), [turns])
  const { id: from, capabilities } = source.info
  const query = participantQuery(id)
  const failed = paths.traces(from, {
    ...query,
    conditions: [...query.conditions, { field: 'status', operator: 'is', values: ['error'] }],
  })
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <Cards turns={turns} sessions={sessions.length} complete={complete} utc={utc} />
      {!complete && (
        <p
          role="status"
          className="flex items-center gap-2 border-b border-border-1 px-gutter py-1 text-label text-text-3"
        >
          {error ? (
            <span className="text-error">Older turns: {adviceFor(error).title}</span>
          ) : (
            `The latest ${formatCount(turns.length)} turns${loading ? ', loading more' : ''}`
          )}
          {error && <Button onClick={retry}>Try again</Button>}
          {more && <Button onClick={more}>Load older turns</Button>}
        </p>
      )}
      <div className="grid border-b border-border-1 wide:grid-cols-[352px_minmax(0,1fr)] wide:[&>*+*]:border-l wide:[&>*+*]:border-border-1">
        <KnownNow turns={turns} utc={utc} />
        <FieldHistories
          key={id}
          source={from}
          turns={turns}
          byItself={capabilities.costs.count === 'exact'}
          utc={utc}
        />
      </div>
      <div className="grid wide:grid-cols-[minmax(0,1fr)_372px]">
        <section aria-label="Sessions" className="min-w-0">
          <h2 className="flex min-h-9 items-center gap-2 px-gutter text-prose font-semibold">
            Sessions
            <span className="text-data font-normal text-text-3">
              {formatCount(sessions.length)}
              {complete ? '' : '+'}, newest first
            </span>
          </h2>
          {sessions.length === 0 ? (
            <p className="px-gutter pb-3 text-data text-text-3">Their turns name no session.</p>
          ) : (
            <SessionRows source={from} sessions={sessions} utc={utc} />
          )}
        </section>
        <div className="min-w-0 wide:border-l wide:border-border-1">
          <ParticipantSide source={from} turns={turns} complete={complete} failed={failed} utc={utc} />
        </div>
      </div>
    </div>
  )
}

/** A participant over all their sessions: what is known of them, how that came to be, what they went through. */
export function ParticipantPage() {
  const { participantId = '' } = useParams()
  const read = useParticipantTurns(participantId)
  const { turns, complete, error, retry } = read
  const failure = error && turns.length === 0 ? adviceFor(error) : undefined
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <Head id={participantId} turns={turns} complete={complete} />
      {failure ? (
        <Notice
          alert
          title={failure.title}
          detail={failure.detail}
          actions={<Button onClick={retry}>Try again</Button>}
        >
          {failure.advice}
        </Notice>
      ) : turns.length > 0 ? (
        <Body id={participantId} read={read} />
      ) : complete ? (
        <Notice title="No turns of this participant">
          They may be in another source, or older than the retention period.
        </Notice>
      ) : (
        <Waiting />
      )}
    </main>
  )
}
