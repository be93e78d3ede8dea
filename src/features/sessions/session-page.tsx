import { useCallback, useMemo, useRef, useState } from 'react'
import { useNavigate, useParams } from 'react-router-dom'
import type { TraceSummary } from '../../domain/trace.ts'
import { adviceFor } from '../../state/advice.ts'
import { startCsvExport } from '../../state/csv-export.ts'
import { paths } from '../../state/location.ts'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { useTrace } from '../../state/queries.ts'
import { useShortcuts } from '../../state/shortcuts.ts'
import { useSource } from '../../state/source-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CopyGlyph } from '../../ui/copy-button.tsx'
import { clockTime, dayText, formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { useWide } from '../../ui/media-query.ts'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { SplitPane } from '../../ui/split-pane.tsx'
import { Switch } from '../../ui/switch.tsx'
import { measureSession } from './session-measures.ts'
import { SessionSummaryPane } from './session-summary.tsx'
import { sessionQuery, useSessionTurns } from './session-turns.ts'
import { Transcript, type TranscriptHandle, useLastId } from './transcript.tsx'

const PANE = 336

/** Who talked with whom, as far as the turns say: `Ana Souza with Transfer v12`. */
const whoTalked = (turns: readonly TraceSummary[]): string => {
  const names = (values: readonly (string | undefined)[]) =>
    [...new Set(values.filter((value): value is string => value !== undefined))].slice(0, 3).join(', ')
  const people = names(turns.map(({ participant }) => participant?.name ?? participant?.id))
  const bots = names(
    turns.map(({ chatbot }) => (chatbot.version ? `${chatbot.name} ${chatbot.version}` : chatbot.name)),
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

/** A session as a transcript, with what it adds up to beside it. */
export function SessionPage() {
  const { sessionId = '' } = useParams()
  const { source } = useSource()
  const { panes } = usePreferences()
  const wide = useWide()
  const navigate = useNavigate()
  const talk = useSessionTurns(sessionId)
  const { turns, complete } = talk
  const measures = useMemo(() => measureSession(turns), [turns])
  const [plain, setPlain] = useState(false)
  const [selected, setSelected] = useState(-1)
  const transcript = useRef<TranscriptHandle>(null)
  const lastId = useLastId(turns)
  const last = useTrace(complete ? lastId : undefined).data
  const lastNumber = turns.findIndex(({ traceId }) => traceId === lastId) + 1

  const pick = useCallback(
    (wanted: number) => {
      const at = Math.max(0, Math.min(turns.length - 1, wanted))
      setSelected(at)
      transcript.current?.reveal(at)
    },
    [turns.length],
  )
  const nextError = (step: 1 | -1) => {
    const failed = turns.flatMap(({ status }, at) => (status === 'error' ? [at] : []))
    const next = step > 0 ? failed.find((at) => at > selected) : failed.findLast((at) => at < selected)
    if (next !== undefined) pick(next)
  }
  useShortcuts([
    { keys: ['j', 'ArrowDown'], label: 'Next turn', group: 'Session', run: () => pick(selected + 1) },
    { keys: ['k', 'ArrowUp'], label: 'Previous turn', group: 'Session', run: () => pick(selected - 1) },
    { keys: [']'], label: 'Next failed turn', group: 'Session', run: () => nextError(1) },
    { keys: ['['], label: 'Previous failed turn', group: 'Session', run: () => nextError(-1) },
    {
      keys: ['Enter'],
      label: 'Open the turn',
      group: 'Session',
      run: () => {
        const turn = turns[selected]
        if (!turn) return false
        navigate(paths.trace(source.info.id, turn.traceId))
      },
    },
  ])

  const talkQuery = sessionQuery(sessionId)
  const traces = paths.traces(source.info.id, talkQuery)
  const failure = talk.error && turns.length === 0 ? adviceFor(talk.error) : undefined
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-11 flex-none items-center gap-2.5 px-gutter">
        <h1 className="flex min-w-0 items-center gap-2 text-title font-semibold whitespace-nowrap">
          Session <bdi className="cut font-mono text-prose">{sessionId}</bdi>
          <CopyGlyph label="Copy session id" text={() => sessionId} />
        </h1>
        <span className="cut text-data text-text-2">{whoTalked(turns)}</span>
        <When turns={turns} />
        <span className="flex-1" />
        <Switch checked={plain} onChange={setPlain}>
          Plain text
        </Switch>
        <ButtonLink to={traces}>
          View traces
          {complete && <span className="text-text-3">{formatCount(turns.length)}</span>}
        </ButtonLink>
        <Button onClick={() => startCsvExport(source.info.id, talkQuery)}>
          <Icon name="download" size="small" />
          Export CSV
        </Button>
      </header>
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
      {!failure && turns.length === 0 && talk.loading && <Waiting />}
      {!failure && turns.length === 0 && !talk.loading && (
        <Notice title="No turns in this session">
          It may live in another source, or have been removed when it got older than what is kept.
        </Notice>
      )}
      {turns.length > 0 && (
        <SplitPane
          label="Session summary"
          direction={wide ? 'beside' : 'below'}
          size={panes.session ?? PANE}
          initial={PANE}
          min={200}
          max={640}
          onResize={(size) => setPreferences({ panes: { ...panes, session: size } })}
          className="flex-1"
          pane={
            <SessionSummaryPane
              turns={turns}
              measures={measures}
              source={source.info.id}
              last={last}
              lastNumber={lastNumber}
              onPick={pick}
            />
          }
        >
          <div className="flex min-h-0 min-w-0 flex-col">
            {talk.loading && (
              <p role="status" className="px-gutter py-1 text-label text-text-3">
                {formatCount(turns.length)} turns so far, looking for the beginning
              </p>
            )}
            <Transcript
              turns={turns}
              source={source.info.id}
              plain={plain}
              longest={measures.longest}
              selected={selected}
              complete={complete}
              onEnd={talk.more}
              handle={transcript}
            />
          </div>
        </SplitPane>
      )}
    </main>
  )
}
