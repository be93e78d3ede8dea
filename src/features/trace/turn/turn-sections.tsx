import type { ReactNode } from 'react'
import type { Trace } from '../../../domain/model/trace.ts'
import type { CallMoment } from '../../../semantics/trace/call-moments.ts'
import { useSource } from '../../../state/source-context.tsx'
import type { SpanPanelCommand } from '../span-panel-command.ts'
import { CallTurns } from './call-turns.tsx'
import { GiveFeedback } from './give-feedback.tsx'
import { TurnChanges } from './turn-changes.tsx'
import { TurnData } from './turn-data.tsx'
import { TurnFeedback } from './turn-feedback.tsx'
import { TurnInput, TurnOutput } from './turn-texts.tsx'

function Cell({
  label,
  className,
  children,
}: {
  readonly label: string
  readonly className: string
  readonly children: ReactNode
}) {
  return (
    <section aria-label={label} className={`min-w-0 px-gutter pt-2.5 pb-3 ${className}`}>
      {children}
    </section>
  )
}

/** What was said in one turn; a call tells it turn by turn instead. */
function Texts({ trace }: { readonly trace: Trace }) {
  return (
    <>
      <Cell label="Input" className="min-h-[88px]">
        <TurnInput trace={trace} />
      </Cell>
      <Cell label="Output" className="border-l border-border-1">
        <TurnOutput trace={trace} />
      </Cell>
    </>
  )
}

/** Whether readers may say what they think of the turn. */
function useTakesFeedback({ kind }: Trace): boolean {
  const { source } = useSource()
  return source.info.takesFeedback === true && (kind === 'turn' || kind === 'call')
}

/** Session data beside feedback; either takes all the width where the other is missing. */
function Below({ trace, lined }: { readonly trace: Trace; readonly lined: boolean }) {
  const { sessionData, feedback } = trace
  const takes = useTakesFeedback(trace)
  const hasFeedback = feedback.length > 0 || takes
  const line = lined ? 'border-t border-border-1' : ''
  return (
    <>
      {sessionData !== undefined && (
        <Cell label="Session data" className={`${line} ${hasFeedback ? '' : 'col-span-2'}`}>
          <TurnData title="Session data" value={sessionData} />
        </Cell>
      )}
      {hasFeedback && (
        <Cell
          label="Feedback"
          className={`${line} ${sessionData !== undefined ? 'border-l border-border-1' : 'col-span-2'}`}
        >
          <TurnFeedback feedback={feedback}>
            {takes && <GiveFeedback key={trace.traceId} traceId={trace.traceId} />}
          </TurnFeedback>
        </Cell>
      )}
    </>
  )
}

/** Input beside output beside the data; what is not known takes no room. */
export function TurnSections({
  trace,
  moments,
  onCommand,
}: {
  readonly trace: Trace
  readonly moments: readonly CallMoment[]
  readonly onCommand: ((command: SpanPanelCommand) => void) | undefined
}) {
  const { participantData, sessionData, feedback, callTurns } = trace
  const isCall = callTurns !== undefined && callTurns.length > 0
  const takes = useTakesFeedback(trace)
  const below = sessionData !== undefined || feedback.length > 0 || takes
  const beside = participantData !== undefined && !isCall
  const rows = below ? 'wide:row-span-2' : ''
  const place = beside
    ? `col-span-2 border-t wide:col-span-1 wide:border-t-0 wide:border-l ${rows}`
    : 'col-span-2'
  return (
    <>
      {isCall && <CallTurns trace={trace} turns={callTurns} moments={moments} onCommand={onCommand} />}
      {(!isCall || participantData !== undefined || below) && (
        <div
          className={`grid grid-cols-2 border-b border-border-2 ${beside ? 'wide:grid-cols-[1fr_1fr_1.15fr] wide:grid-rows-[1fr_auto]' : ''}`}
        >
          {!isCall && <Texts trace={trace} />}
          {participantData && (
            <Cell label="Participant data" className={`border-border-1 ${place}`}>
              <TurnData title="Participant data" value={participantData.before} />
              <TurnChanges data={participantData} />
            </Cell>
          )}
          <Below trace={trace} lined={!isCall || participantData !== undefined} />
        </div>
      )}
    </>
  )
}
