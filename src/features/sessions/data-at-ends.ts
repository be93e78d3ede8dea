import { withAfter } from '../../domain/diff/recorded-changes.ts'
import type { AttributeValue } from '../../domain/model/span.ts'
import type { ParticipantData, TraceSummary } from '../../domain/model/trace.ts'
import type { TraceId } from '../../domain/model/units.ts'
import { useWholeTraces } from '../../state/whole-traces.ts'

/** Not every turn records the data: so many are looked at from either end. */
const LOOKED_AT = 5

export interface DataAtEnds {
  /** Participant data when the session began. */
  readonly start: AttributeValue | undefined
  /** The data of the last turn that recorded any. */
  readonly end: { readonly turn: TraceId; readonly data: ParticipantData } | undefined
}

/** The participant's data at the start of a session and at its end, as far as the first and last turns tell. */
export function useDataAtEnds(turns: readonly TraceSummary[], enabled: boolean): DataAtEnds {
  const ended = turns.filter(({ status }) => status !== 'pending')
  const idsOf = (some: readonly TraceSummary[]) => some.map(({ traceId }) => traceId)
  const first = useWholeTraces(idsOf(ended.slice(0, LOOKED_AT)), enabled)
  const last = useWholeTraces(idsOf(ended.slice(-LOOKED_AT)), enabled)
  const found = last.traces.findLast((trace) => trace?.participantData !== undefined)
  return {
    start: first.traces.find((trace) => trace?.participantData !== undefined)?.participantData?.before,
    end: found?.participantData && { turn: found.traceId, data: withAfter(found.participantData) },
  }
}
