import type { SpanState } from '../../domain/model/span.ts'
import type { CallTurn, TraceStatus } from '../../domain/model/trace.ts'
import { durationMicros } from '../../domain/model/units.ts'
import { firstFailure, isBelow } from '../../domain/tree/outline-tree.ts'
import { RASA_TURN_ROOT } from '../conventions/rasa/rasa-kind.ts'
import type { SpanReading } from '../reading.ts'
import { errorLine, stands } from './failure-words.ts'
import type { Verdict } from './judge.ts'
import { repliesOf } from './rasa-replies.ts'

/** Of a turn's error, characters. */
const LONGEST_ERROR = 500

const joined = (texts: readonly (string | undefined)[]): string | undefined => {
  const said = texts.filter((text): text is string => text !== undefined)
  return said.length === 0 ? undefined : said.join('\n')
}

/** A turn failed where it did, or where anything below it did that was not made good. */
const statusOf = (state: SpanState): TraceStatus =>
  state === 'error' || state === 'contains-error' ? 'error' : state === 'running' ? 'pending' : 'ok'

/**
 * The turns inside a voice call, in order of start. A turn's user text is what was transcribed since the turn
 * before began and before this one ended; its bot text is what was synthesized, else played, below it.
 */
export function callTurns(
  readings: readonly SpanReading[],
  verdict: Pick<Verdict, 'tree' | 'outlines'>,
): readonly CallTurn[] {
  const { tree, outlines: states } = verdict
  const at = (index: number) => readings[index] as SpanReading
  const named = (name: string) => [...tree.order].filter((index) => at(index).outline.name === name)
  const voiced = named('handle turn')
  const turns =
    voiced.length > 0
      ? voiced
      : [...tree.order].filter((index) => RASA_TURN_ROOT.test(at(index).outline.name) && !hasTurnAbove(index))
  function hasTurnAbove(index: number): boolean {
    for (let above = tree.parent[index] as number; above >= 0; above = tree.parent[above] as number)
      if (RASA_TURN_ROOT.test(at(above).outline.name)) return true
    return false
  }
  const start = (index: number) => at(index).outline.startTime as number
  const end = (index: number) => start(index) + (at(index).outline.duration ?? 0)
  turns.sort((a, b) => start(a) - start(b))
  const heard = named('transcribe audio')
  const spoken = named('synthesize speech')
  const played = named('play audio')
  const agents = [...tree.order].filter((index) => at(index).outline.kind === 'agent')
  const triggers = [...named('handle silence'), ...named('handle dtmf')]
  return turns.map((index, position): CallTurn => {
    const { outline, facts } = at(index)
    const since = position === 0 ? Number.NEGATIVE_INFINITY : start(turns[position - 1] as number)
    const transcribed = joined(
      heard
        .filter((each) => end(each) > since && end(each) <= end(index))
        .filter((each) => !takenBefore(each, position))
        .map((each) => at(each).facts.input?.value),
    )
    const below = (list: readonly number[]) =>
      list.filter((each) => isBelow(tree, each, index)).map((each) => at(each).facts.output?.value)
    // Without a transcript: what a sub-agent of this turn was told, and what it answered.
    const asked = agents.find((each) => isBelow(tree, each, index) && at(each).facts.input !== undefined)
    const input = transcribed ?? (asked === undefined ? undefined : at(asked).facts.input?.value)
    const voicedText = joined(below(spoken)) ?? joined(below(played))
    const replies = voicedText === undefined ? repliesOf(readings, verdict, index) : undefined
    const output = voicedText ?? replies?.text ?? below(agents).findLast((text) => text)
    const responses = output === undefined ? (replies?.names ?? []) : []
    const status = statusOf(states[index]?.state ?? outline.state)
    const began = status === 'error' ? firstFailure(tree, (each) => stands(verdict, each), index) : -1
    const { perceivedMs, interrupted, turnIndex } = facts.voice ?? {}
    const cut =
      interrupted === true ||
      played.some((each) => isBelow(tree, each, index) && at(each).facts.voice?.interrupted === true)
    const trigger = triggers.find(
      (each) => start(each) > since && start(each) <= start(index) && input === undefined,
    )
    const kind =
      trigger !== undefined
        ? String(at(trigger).facts.voice?.trigger)
        : position === 0 && input === undefined
          ? 'session-start'
          : undefined
    return {
      spanId: outline.spanId,
      index: typeof turnIndex === 'number' ? turnIndex : position + 1,
      startTime: outline.startTime,
      duration: outline.duration ?? durationMicros(0),
      status,
      ...(input !== undefined && { input }),
      ...(output !== undefined && { output }),
      ...(responses.length > 0 && { responses }),
      ...(began >= 0 && { error: errorLine(readings, verdict, began).slice(0, LONGEST_ERROR) }),
      ...(typeof perceivedMs === 'number' && { perceivedLatency: durationMicros(perceivedMs * 1000) }),
      ...(cut && { interrupted: true as const }),
      ...(kind !== undefined && { trigger: kind }),
    }
  })
  /** A transcript that ended before an earlier turn did was that turn's. */
  function takenBefore(transcript: number, position: number): boolean {
    for (let before = position - 1; before >= 0; before--)
      if (end(transcript) <= end(turns[before] as number)) return true
    return false
  }
}
