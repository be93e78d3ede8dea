import { applyRecorded } from '../../domain/diff/recorded-changes.ts'
import type { ParticipantData } from '../../domain/model/trace.ts'
import type { SpanFacts, SpanReading } from '../reading.ts'

export type TraceData = Pick<SpanFacts, 'participantData' | 'sessionData'>

/** Data at the end as it was recorded, else as the changes make it; not known where neither was. */
function ended(data: ParticipantData, readings: readonly SpanReading[]): ParticipantData {
  if (data.after !== undefined) return data
  const after = readings.find(({ facts }) => facts.dataAtEnd !== undefined)?.facts.dataAtEnd
  const changes = readings.find(({ facts }) => facts.dataChanges)?.facts.dataChanges
  const stated = changes && { changes }
  if (after !== undefined) return { ...data, ...stated, after }
  if (changes === undefined) return data
  const applied = applyRecorded(data.before, changes)
  return {
    ...data,
    ...stated,
    after: applied.after,
    ...(applied.problems.length > 0 && { problems: applied.problems }),
  }
}

/** Participant and session data of a trace, from readings in order of asking: the first that has some counts. */
export function traceData(readings: readonly SpanReading[]): TraceData {
  const data = readings.find(({ facts }) => facts.participantData)?.facts.participantData
  const sessionData = readings.find(({ facts }) => facts.sessionData !== undefined)?.facts.sessionData
  return {
    ...(data && { participantData: ended(data, readings) }),
    ...(sessionData !== undefined && { sessionData }),
  }
}
