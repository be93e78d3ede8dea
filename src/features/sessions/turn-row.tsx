import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { paths } from '../../state/location.ts'
import { usePreferences } from '../../state/preferences.ts'
import { Icon, StatusIcon } from '../../ui/icons/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { clockTime, formatCount, fullTime } from '../../ui/text/format.ts'
import { LongText } from '../../ui/text/long-text.tsx'
import { Markdown } from '../../ui/text/markdown.tsx'
import { Names } from '../../ui/text/names.tsx'
import { Seconds } from '../../ui/text/quantity.tsx'
import { CallTurns } from './call-turns.tsx'
import { ChangeChips } from './change-chips.tsx'
import { FeedbackLine } from './feedback-line.tsx'
import { pauseText } from './session-measures.ts'

/** The columns of the transcript: when, what was said, its measures. */
export const TRANSCRIPT_COLUMNS =
  'grid grid-cols-[96px_minmax(0,1fr)_280px] wide:grid-cols-[116px_minmax(0,1fr)_316px] max-[760px]:grid-cols-[96px_minmax(0,1fr)]'

const NOT_SAID = {
  'text-not-recorded': 'Not recorded by the assistant',
  'spoken-not-recorded': 'Spoken, not recorded',
} as const

/** Of what a participant pasted, so much is shown at first. */
const LONG = 1_200

const BUBBLE = 'max-w-[82%] rounded-2 border px-2.5 py-[5px] text-prose'

function Bubble({
  text,
  side,
  plain,
  bad,
}: {
  readonly text: string
  readonly side: 'participant' | 'chatbot'
  readonly plain: boolean
  readonly bad?: boolean
}) {
  const look =
    side === 'participant'
      ? 'justify-self-start border-transparent bg-surface-3'
      : `justify-self-end bg-surface-1 ${bad ? 'border-error' : 'border-border-2'}`
  return (
    <div className={`${BUBBLE} ${look}`}>
      <span className="sr-only">{side === 'participant' ? 'Participant: ' : 'Chatbot: '}</span>
      {side === 'participant' ? (
        <LongText text={text} first={LONG} />
      ) : (
        <Markdown text={text} plain={plain} />
      )}
    </div>
  )
}

function Said({ turn, trace, source, plain }: TurnProps) {
  const input = trace?.input ?? turn.input
  const output = trace?.output ?? turn.output
  const responses = trace?.responses ?? turn.responses ?? []
  const why = turn.note ? NOT_SAID[turn.note] : undefined
  const silent = output === undefined && responses.length === 0
  const missing = silent ? 'No message text was recorded' : "The participant's message was not recorded"
  if (turn.kind === 'call')
    return trace?.callTurns ? (
      <CallTurns trace={trace} turns={trace.callTurns} source={source} />
    ) : (
      <p className="text-label text-text-3">Voice call, {formatCount(turn.turns ?? 0)} turns</p>
    )
  return (
    <>
      {input !== undefined && <Bubble side="participant" text={input} plain={plain} />}
      {input === undefined && (why !== undefined || responses.length > 0 || output === undefined) && (
        <p className="text-label text-text-3">{why ?? missing}</p>
      )}
      {output !== undefined && (
        <Bubble side="chatbot" text={output} plain={plain} bad={turn.status === 'error'} />
      )}
      {responses.length > 0 && (
        <div className="max-w-[82%] justify-self-end">
          <span className="sr-only">Chatbot, by name: </span>
          <Names names={responses} label="Responses sent" />
        </div>
      )}
      {turn.error !== undefined && (
        <p className="flex max-w-[82%] items-center gap-1.5 justify-self-end text-label text-error">
          <Icon name="error" size="small" />
          <span className="line-clamp-2 wrap-anywhere">{turn.error}</span>
        </p>
      )}
    </>
  )
}

function Measures({ turn, trace, source, longest }: TurnProps) {
  const { llmTurns, totalTokens, inputTokens } = turn.metrics
  const share = longest > 0 ? Math.max(1, (turn.duration / longest) * 100) : 0
  const tokens = totalTokens ?? inputTokens
  return (
    <div className="min-w-0 border-l border-border-1 px-gutter py-2.5 text-data text-text-2 max-[760px]:col-start-2 max-[760px]:pt-0">
      <div className="grid grid-cols-[64px_minmax(0,1fr)] items-center gap-2">
        <span className={turn.status === 'error' ? 'font-semibold text-text-1' : ''}>
          <Seconds value={turn.status === 'pending' ? null : turn.duration} why="still running" />
        </span>
        <span
          aria-hidden="true"
          className={`h-1 ${turn.status === 'error' ? 'bg-error' : 'bg-mark-2'}`}
          style={{ width: `${share}%` }}
        />
      </div>
      <div className="flex gap-3 whitespace-nowrap">
        {typeof llmTurns === 'number' && <span>{formatCount(llmTurns)} LLM</span>}
        {typeof tokens === 'number' && (
          <span>
            {formatCount(tokens)} tokens{totalTokens === tokens ? '' : ' in'}
          </span>
        )}
        <span className="flex-1" />
        <Link to={paths.trace(source, turn.traceId)} className="text-accent">
          View trace
        </Link>
      </div>
      {trace?.participantData && (
        <ChangeChips data={trace.participantData} to={paths.trace(source, turn.traceId)} />
      )}
      {turn.feedback.map((feedback, at) => (
        <FeedbackLine key={at} feedback={feedback} />
      ))}
    </div>
  )
}

export interface TurnProps {
  readonly turn: TraceSummary
  /** Whole texts and data, once fetched. */
  readonly trace: Trace | undefined
  readonly source: string
  /** Messages as they were written, Markdown not rendered. */
  readonly plain: boolean
  /** The session's longest duration, µs. */
  readonly longest: number
}

const KIND_WORDS: Partial<Record<TraceSummary['kind'], string>> = { call: 'Call', other: 'Aside' }

/** One turn of the transcript. */
export function TurnRow(
  props: TurnProps & {
    readonly number: number
    readonly previous: TraceSummary | undefined
    readonly selected: boolean
  },
) {
  const { turn, number, previous, selected } = props
  const { utc } = usePreferences()
  const pause = pauseText(previous, turn)
  const edge = turn.status === 'error' ? 'shadow-[inset_2px_0_0_var(--error)]' : ''
  return (
    <div
      className={`${TRANSCRIPT_COLUMNS} border-b border-b-border-1 ${edge} ${selected ? 'bg-surface-selected' : ''}`}
    >
      <div className="px-gutter py-2.5 text-data text-text-2">
        <b className="flex items-center gap-1.5 text-text-1">
          <StatusIcon status={turn.status} />
          {KIND_WORDS[turn.kind] ?? `Turn ${number}`}
        </b>
        <time dateTime={new Date(turn.startTime / 1000).toISOString()} title={fullTime(turn.startTime, utc)}>
          {clockTime(turn.startTime, utc)}
        </time>{' '}
        {pause && <span className="text-text-3">{pause}</span>}
        {turn.status === 'error' && <p className="text-error">Error</p>}
        {turn.status === 'pending' && <p className="text-pending">Running</p>}
      </div>
      <div className="grid content-start gap-1.5 border-l border-border-1 px-gutter py-2.5">
        <Said {...props} />
      </div>
      <Measures {...props} />
    </div>
  )
}
