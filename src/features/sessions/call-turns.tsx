import type { CallTurn, Trace } from '../../domain/model/trace.ts'
import { paths } from '../../state/location.ts'
import { Icon } from '../../ui/icons/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { durationText } from '../../ui/text/format.ts'
import { LongText } from '../../ui/text/long-text.tsx'
import { Names } from '../../ui/text/names.tsx'
import { printable } from '../../ui/text/printable-text.ts'

const TRIGGERS: Readonly<Record<string, string>> = {
  'session-start': 'call began',
  silence: 'silence',
  dtmf: 'keypad',
}

const about = (turn: CallTurn): string =>
  [
    turn.trigger && (TRIGGERS[turn.trigger] ?? turn.trigger),
    turn.perceivedLatency !== undefined && `answered after ${durationText(turn.perceivedLatency)}`,
    turn.interrupted && 'interrupted',
  ]
    .filter(Boolean)
    .join(' · ')

function Spoken({ text, side }: { readonly text: string | undefined; readonly side: 'in' | 'out' }) {
  if (text === undefined) return null
  const look =
    side === 'in'
      ? 'justify-self-start border-transparent bg-surface-3'
      : 'justify-self-end border-border-2 bg-surface-1'
  return (
    <div className={`max-w-[82%] rounded-2 border px-2.5 py-[5px] text-prose ${look}`}>
      <span className="sr-only">{side === 'in' ? 'Participant: ' : 'Chatbot: '}</span>
      <LongText text={text} />
    </div>
  )
}

/** The turns inside a voice call, in order; each opens its part of the call's trace. */
export function CallTurns({
  trace,
  turns,
  source,
}: {
  readonly trace: Trace
  readonly turns: readonly CallTurn[]
  readonly source: string
}) {
  return (
    <ol className="grid gap-3" aria-label="Turns of the call">
      {turns.map((turn) => (
        <li key={turn.spanId} className="grid gap-1.5">
          <p className="flex items-center gap-1.5 text-label text-text-3">
            <Icon name={turn.status === 'error' ? 'error' : 'message'} size="small" />
            <Link to={paths.trace(source, trace.traceId, { span: turn.spanId })} className="text-accent">
              {turn.index}
            </Link>
            {about(turn)}
          </p>
          <Spoken side="in" text={turn.input} />
          <Spoken side="out" text={turn.output} />
          {turn.responses && (
            <div className="max-w-[82%] justify-self-end">
              <Names names={turn.responses} label="Responses sent" />
            </div>
          )}
          {turn.input === undefined && turn.output === undefined && (
            <p className="text-label text-text-3">Spoken, not recorded</p>
          )}
          {turn.error !== undefined && (
            <p className="flex max-w-[82%] items-center gap-1.5 justify-self-end text-label text-error">
              <Icon name="error" size="small" />
              <span className="line-clamp-2 wrap-anywhere">{printable(turn.error)}</span>
            </p>
          )}
        </li>
      ))}
    </ol>
  )
}
