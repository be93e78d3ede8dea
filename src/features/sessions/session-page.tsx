import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate, useNavigationType, useParams } from 'react-router-dom'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { adviceFor } from '../../state/advice.ts'
import { startCsvExport } from '../../state/csv-export.ts'
import { paths, useView } from '../../state/location.ts'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { returnLink } from '../../state/return-link.ts'
import { useShortcuts } from '../../state/shortcuts.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CopyGlyph } from '../../ui/copy-button.tsx'
import { Crumb } from '../../ui/crumb.tsx'
import { Icon } from '../../ui/icons/icons.tsx'
import { useWide } from '../../ui/media-query.ts'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { SplitPane } from '../../ui/split-pane.tsx'
import { Switch } from '../../ui/switch.tsx'
import { clockTime, dayText, formatCount, versionText } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { measureSession } from './session-measures.ts'
import { sessionQuery } from './session-query.ts'
import { SessionSummaryPane } from './session-summary.tsx'
import { type SessionTurns, useSessionTurns } from './session-turns.ts'
import { Transcript, type TranscriptHandle } from './transcript.tsx'

const PANE = { beside: 336, below: 220 }

/** Who talked with whom, as far as the turns say: `Ana Souza with Transfer v12`. */
const whoTalked = (turns: readonly TraceSummary[]): string => {
  const names = (values: readonly (string | undefined)[]) =>
    [...new Set(values.filter((value): value is string => value !== undefined))].slice(0, 3).join(', ')
  const people = names(turns.map(({ participant }) => participant?.name ?? participant?.id))
  const bots = names(
    turns.map(({ chatbot }) =>
      chatbot.version ? `${chatbot.name} ${versionText(chatbot.version)}` : chatbot.name,
    ),
  )
  return people ? `${people} with ${bots}` : bots
}

function When({ turns }: { readonly turns: readonly TraceSummary[] }) {
  const { utc } = usePreferences()
  const [first, last] = [turns[0], turns.at(-1)]
  if (!first || !last) return null
  const end = last.startTime + last.duration
  const sameDate = dayText(first.startTime, utc) === dayText(end, utc)
  return (
    <span className="hidden text-data whitespace-nowrap text-text-3 wide:inline">
      {dayText(first.startTime, utc)}, {clockTime(first.startTime, utc)} –{' '}
      {sameDate ? '' : `${dayText(end, utc)}, `}
      {clockTime(end, utc)}
    </span>
  )
}

function Waiting() {
  return (
    <div aria-busy="true" className="grid gap-6 p-gutter">
      {['40%', '64%', '32%', '56%'].map((width) => (
        <Skeleton key={width} width={width} height={28} />
      ))}
    </div>
  )
}

/** The title, the ways out of the session, its export. */
function Head({
  session,
  turns,
  complete,
  plain,
  onPlain,
}: {
  readonly session: string
  readonly turns: readonly TraceSummary[]
  readonly complete: boolean
  readonly plain: boolean
  readonly onPlain: (plain: boolean) => void
}) {
  const { source } = useSource()
  const { id } = source.info
  const query = sessionQuery(session)
  return (
    <header className="flex min-h-11 flex-none flex-wrap items-center gap-x-2.5 gap-y-1 px-gutter py-1.5">
      <Crumb to={returnLink('sessions', id) ?? paths.sessions(id)}>Sessions</Crumb>
      <h1 className="flex min-w-0 items-center gap-2 text-title font-semibold whitespace-nowrap">
        <span className="sr-only">Session </span>
        <bdi className="cut font-mono text-prose" title={printable(session)}>
          {printable(session)}
        </bdi>
        <CopyGlyph label="Copy session id" text={() => session} />
      </h1>
      <span className="cut text-data text-text-2">{whoTalked(turns)}</span>
      <When turns={turns} />
      <span className="flex-1" />
      <span className="flex max-[760px]:hidden">
        <Switch checked={plain} onChange={onPlain}>
          Plain text
        </Switch>
      </span>
      <ButtonLink to={paths.traces(id, query)}>
        View traces
        {complete && <span className="text-text-3">{formatCount(turns.length)}</span>}
      </ButtonLink>
      <Button onClick={() => startCsvExport(id, query)}>
        <Icon name="download" size="small" />
        Export CSV
      </Button>
    </header>
  )
}

/** A session as a transcript, with what it adds up to beside it. */
export function SessionPage() {
  const { sessionId = '' } = useParams()
  const { source } = useSource()
  const { view, change } = useView()
  const { panes } = usePreferences()
  const wide = useWide()
  const navigate = useNavigate()
  const talk = useSessionTurns(sessionId)
  const { turns, complete } = talk
  const measures = useMemo(() => measureSession(turns), [turns])
  const [plain, setPlain] = useState(false)
  const transcript = useRef<TranscriptHandle>(null)
  const selected = useMemo(
    () => (view.peek === undefined ? -1 : turns.findIndex(({ traceId }) => traceId === view.peek)),
    [turns, view.peek],
  )
  useReveal(transcript, selected)

  const pick = useCallback(
    (wanted: number) => {
      const at = Math.max(0, Math.min(turns.length - 1, wanted))
      const turn = turns[at]
      if (!turn) return
      change({ peek: turn.traceId }, { replace: true })
      transcript.current?.reveal(at)
    },
    [turns, change],
  )
  const nextError = (step: 1 | -1) => {
    const failed = turns.flatMap(({ status }, at) => (status === 'error' ? [at] : []))
    const next = step > 0 ? failed.find((at) => at > selected) : failed.findLast((at) => at < selected)
    if (next !== undefined) pick(next)
  }
  const open = () => {
    const turn = turns[selected]
    if (turn) navigate(paths.trace(source.info.id, turn.traceId))
    return turn !== undefined
  }
  useShortcuts([
    { keys: ['j'], label: 'Next turn', group: 'Session', run: () => pick(selected + 1) },
    { keys: ['k'], label: 'Previous turn', group: 'Session', run: () => pick(selected - 1) },
    { keys: [']'], label: 'Next failed turn', group: 'Session', run: () => nextError(1) },
    { keys: ['['], label: 'Previous failed turn', group: 'Session', run: () => nextError(-1) },
    { keys: ['Enter'], label: 'Open the turn', group: 'Session', run: open },
  ])
  /** With the focus in the transcript the arrows go from turn to turn; elsewhere they are others'. */
  const onKeyDown = (event: KeyboardEvent) => {
    const wanted = { ArrowDown: selected + 1, ArrowUp: selected - 1, Home: 0, End: turns.length - 1 }
    if (event.target !== event.currentTarget || !(event.key in wanted)) return
    event.preventDefault()
    pick(wanted[event.key as keyof typeof wanted])
  }

  const failure = talk.error && turns.length === 0 ? adviceFor(talk.error) : undefined
  const title = <title>{`${whoTalked(turns) || printable(sessionId)} · Session · Turnscope`}</title>
  const head = <Head session={sessionId} turns={turns} complete={complete} plain={plain} onPlain={setPlain} />
  if (turns.length === 0)
    return (
      <main className="flex min-h-0 flex-1 flex-col">
        {title}
        {head}
        {failure && (
          <Notice
            alert
            title={failure.title}
            detail={failure.detail}
            actions={<Button onClick={talk.retry}>Try again</Button>}
          >
            {failure.advice}
          </Notice>
        )}
        {!failure && !complete && <Waiting />}
        {!failure && complete && (
          <Notice title="No turns in this session">
            It may be in another source, or older than the retention period.
          </Notice>
        )}
      </main>
    )
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      {title}
      <SplitPane
        label="Session summary"
        direction={wide ? 'beside' : 'below'}
        size={(wide ? panes.session : panes.sessionBelow) ?? (wide ? PANE.beside : PANE.below)}
        initial={wide ? PANE.beside : PANE.below}
        min={120}
        max={640}
        onResize={(size) =>
          setPreferences({ panes: { ...panes, [wide ? 'session' : 'sessionBelow']: size } })
        }
        className="flex-1"
        pane={<SessionSummaryPane turns={turns} measures={measures} complete={complete} onPick={pick} />}
      >
        <div className="flex min-h-0 min-w-0 flex-col">
          {head}
          <ReadSoFar talk={talk} />
          <Transcript
            turns={turns}
            source={source.info.id}
            plain={plain}
            longest={measures.longest}
            selected={selected}
            complete={complete}
            onEnd={talk.more}
            onKeyDown={onKeyDown}
            handle={transcript}
          />
        </div>
      </SplitPane>
    </main>
  )
}

/** How far the session is read, while it is; and where reading on failed. */
function ReadSoFar({ talk }: { readonly talk: SessionTurns }) {
  const { turns, complete, loading, error, retry } = talk
  if (complete) return null
  const failure = error ? adviceFor(error) : undefined
  return (
    <p role="status" className="flex items-center gap-2 px-gutter py-1 text-label text-text-3">
      {formatCount(turns.length)} {turns.length === 1 ? 'turn' : 'turns'} loaded
      {loading && ', loading more'}
      {failure && (
        <>
          <span className="text-error">: {failure.title}</span>
          <Button variant="ghost" onClick={retry}>
            Try again
          </Button>
        </>
      )}
    </p>
  )
}

/** Shows the turn that the address names, once it was read; after Back the place that was left stands. */
function useReveal(transcript: RefObject<TranscriptHandle | null>, selected: number) {
  const isBack = useNavigationType() === 'POP'
  const [wanted] = useState(selected)
  const done = useRef(isBack && wanted >= 0)
  useEffect(() => {
    if (done.current || selected < 0) return
    done.current = true
    transcript.current?.reveal(selected, 'center')
  }, [selected, transcript])
}
