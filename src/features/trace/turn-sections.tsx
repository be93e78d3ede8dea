import type { Trace } from '../../domain/trace.ts'
import { CallTurns } from './call-turns.tsx'
import { TurnChanges } from './turn-changes.tsx'
import { TurnData } from './turn-data.tsx'
import { TurnFeedback } from './turn-feedback.tsx'
import { TurnInput, TurnOutput } from './turn-texts.tsx'

const CELL = 'min-w-0 px-gutter pt-2.5 pb-3'

/** Input beside output beside the data; what is not known takes no room. */
export function TurnSections({
  trace,
  onOpenSpan,
}: {
  readonly trace: Trace
  readonly onOpenSpan: ((spanId: string) => void) | undefined
}) {
  const { participantData, sessionData, feedback, callTurns } = trace
  const below = sessionData !== undefined || feedback.length > 0
  return (
    <>
      {callTurns && callTurns.length > 0 && (
        <CallTurns trace={trace} turns={callTurns} onOpenSpan={onOpenSpan} />
      )}
      <div
        className={`grid grid-cols-2 border-b border-border-2 ${participantData ? 'wide:grid-cols-[1fr_1fr_1.15fr]' : ''}`}
      >
        <section aria-label="Input" className={`${CELL} min-h-[120px]`}>
          <TurnInput trace={trace} />
        </section>
        <section aria-label="Output" className={`${CELL} border-l border-border-1`}>
          <TurnOutput trace={trace} />
        </section>
        {participantData && (
          <section
            aria-label="Participant data"
            className={`${CELL} col-span-2 border-t border-border-1 wide:col-span-1 wide:border-t-0 wide:border-l ${below ? 'wide:row-span-2' : ''}`}
          >
            <TurnData title="Participant data" value={participantData.before} />
            <TurnChanges data={participantData} />
          </section>
        )}
        {below && (
          <section
            aria-label="Session data"
            className={`${CELL} border-t border-border-1 ${feedback.length === 0 ? 'col-span-2' : ''}`}
          >
            {sessionData === undefined ? null : <TurnData title="Session data" value={sessionData} />}
          </section>
        )}
        {feedback.length > 0 && (
          <section aria-label="Feedback" className={`${CELL} border-t border-l border-border-1`}>
            <TurnFeedback feedback={feedback} />
          </section>
        )}
      </div>
    </>
  )
}
