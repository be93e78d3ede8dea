import { changedPaths } from '../../domain/diff/changed-paths.ts'
import { changesBetween } from '../../domain/diff/changes.ts'
import { applyRecorded } from '../../domain/diff/recorded-changes.ts'
import type { RecordedTurn } from '../../domain/model/recorded-turn.ts'
import {
  type Metrics,
  NO_FACETS,
  type ParticipantData,
  type Trace,
  type TraceStatus,
} from '../../domain/model/trace.ts'
import { between, durationMicros, traceId } from '../../domain/model/units.ts'
import type { PostedTurn } from './posted-turn.ts'

/** A status that was not given: an error fails, a turn without an end or an answer is still under way. */
const statusOf = (turn: PostedTurn): TraceStatus => {
  if (turn.status !== undefined) return turn.status
  if (turn.error !== undefined) return 'error'
  const ended = turn.endTime !== undefined || turn.duration !== undefined || turn.output !== undefined
  return ended ? 'ok' : 'pending'
}

const durationOf = (turn: PostedTurn) => {
  if (turn.duration !== undefined) return turn.duration
  return durationMicros(turn.endTime === undefined ? 0 : Math.max(0, between(turn.startTime, turn.endTime)))
}

/** Leaves out what is undefined: to the domain's types absent and undefined differ. */
const compact = <Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as never

/** Data at the end that stands only as changes is worked out, and what did not fit is said. */
const participantDataOf = ({ participantData: data }: PostedTurn): ParticipantData | undefined => {
  if (data === undefined) return undefined
  if (data.after !== undefined || data.changes === undefined) return compact(data)
  const { after, problems } = applyRecorded(data.before, data.changes)
  return { ...data, changes: data.changes, after, ...(problems.length > 0 && { problems }) }
}

const changedOf = (data: ParticipantData | undefined): readonly string[] =>
  data?.after === undefined ? [] : changedPaths(changesBetween(data.before, data.after))

/** Tokens in and out make a total where none is stated. */
const metricsOf = ({ metrics }: PostedTurn): Metrics => {
  const stated = compact(metrics ?? {}) as Metrics
  const { inputTokens, outputTokens, totalTokens } = stated
  if (totalTokens !== undefined || typeof inputTokens !== 'number' || typeof outputTokens !== 'number')
    return stated
  const follows = (names: Metrics['partial']): Metrics['partial'] =>
    names?.some((name) => name === 'inputTokens' || name === 'outputTokens')
      ? [...names, 'totalTokens']
      : names
  const [partial, estimated] = [follows(stated.partial), follows(stated.estimated)]
  return {
    ...stated,
    totalTokens: inputTokens + outputTokens,
    ...(partial && { partial }),
    ...(estimated && { estimated }),
  }
}

/** The turn to keep. `id` is the trace id where the recorder gave none. */
export const recordedTurnOf = (turn: PostedTurn, id: string): RecordedTurn => {
  const participantData = participantDataOf(turn)
  const provider = turn.provider
  const trace: Trace = {
    traceId: traceId(turn.traceId ?? id),
    startTime: turn.startTime,
    duration: durationOf(turn),
    status: statusOf(turn),
    kind: 'turn',
    chatbot: compact({ ...turn.chatbot, id: turn.chatbot.id ?? turn.chatbot.name }),
    session: { id: turn.session.id },
    input: turn.input,
    metrics: metricsOf(turn),
    tags: [...new Set(turn.tags ?? [])],
    feedback: (turn.feedback ?? []).map((one) => compact(one)),
    services: [],
    spans: provider === undefined ? null : { source: provider.source, traceId: traceId(provider.traceId) },
    ...(turn.participant !== undefined && { participant: compact(turn.participant) }),
    ...(turn.output !== undefined && { output: turn.output }),
    ...(turn.error !== undefined && { error: turn.error }),
    ...(turn.environment !== undefined && { environment: turn.environment }),
    ...(turn.channel !== undefined && { channel: turn.channel }),
    ...(participantData !== undefined && { participantData }),
    ...(turn.sessionData !== undefined && { sessionData: turn.sessionData }),
    ...(provider?.url !== undefined && { externalUrl: provider.url }),
  }
  return {
    trace,
    facets: { ...NO_FACETS, changed: changedOf(participantData) },
  }
}
