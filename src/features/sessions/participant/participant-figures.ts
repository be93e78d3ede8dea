import type { Feedback, TraceSummary } from '../../../domain/model/trace.ts'
import { versionText } from '../../../ui/text/format.ts'
import { measureSession, type SessionMeasures } from '../session-measures.ts'

/** One of a participant's sessions, as far as its turns were read. */
export interface ParticipantSession {
  readonly id: string
  /** Oldest first, at least one. */
  readonly turns: readonly TraceSummary[]
  readonly measures: SessionMeasures
}

/** Turns by their session, the one with the newest turn first; turns of no session are left out. */
export function sessionsOf(turns: readonly TraceSummary[]): readonly ParticipantSession[] {
  const sessions = new Map<string, TraceSummary[]>()
  for (const turn of turns) {
    if (turn.session === undefined) continue
    const own = sessions.get(turn.session.id) ?? []
    own.push(turn)
    // Taken out and put back, so that the map stands in order of each one's last turn.
    sessions.delete(turn.session.id)
    sessions.set(turn.session.id, own)
  }
  return [...sessions].map(([id, own]) => ({ id, turns: own, measures: measureSession(own) })).reverse()
}

/** A sum, and whether it is only a part of what there was. null = nobody measured any of it. */
export interface PartialSum {
  readonly value: number | null
  readonly atLeast: boolean
}

const isTalk = ({ kind }: TraceSummary): boolean => kind === 'turn' || kind === 'call'

/** What turns spent of a measure: partial where one that should say does not, or says it of some calls alone. */
export function spent(
  turns: readonly TraceSummary[],
  name: 'totalTokens' | 'cost',
  complete: boolean,
): PartialSum {
  let value: number | null = null
  let atLeast = !complete
  for (const { metrics } of turns.filter(isTalk)) {
    const own = metrics[name]
    if (own === null || metrics.partial?.includes(name)) atLeast = true
    if (typeof own === 'number') value = (value ?? 0) + own
  }
  return { value, atLeast: atLeast && value !== null }
}

export interface VersionSpending {
  readonly version: string
  readonly tokens: PartialSum
  readonly cost: PartialSum
}

/** What each version of the bots spent, the one that was talked to last first. */
export function spendingByVersion(
  turns: readonly TraceSummary[],
  complete: boolean,
): readonly VersionSpending[] {
  const versions = new Map<string, TraceSummary[]>()
  for (const turn of turns.toReversed()) {
    const { name, version } = turn.chatbot
    const key = version === undefined ? name : `${name} ${versionText(version)}`
    const own = versions.get(key) ?? []
    own.push(turn)
    versions.set(key, own)
  }
  return [...versions]
    .map(([version, own]) => ({
      version,
      tokens: spent(own, 'totalTokens', complete),
      cost: spent(own, 'cost', complete),
    }))
    .filter(({ tokens, cost }) => tokens.value !== null || cost.value !== null)
}

/** Every rating with the turn that it is of, newest turn first. */
export const feedbackOf = (
  turns: readonly TraceSummary[],
): readonly { readonly turn: TraceSummary; readonly feedback: Feedback }[] =>
  turns.toReversed().flatMap((turn) => turn.feedback.map((feedback) => ({ turn, feedback })))
