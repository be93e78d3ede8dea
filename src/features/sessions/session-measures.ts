import type { TraceSummary } from '../../domain/model/trace.ts'

/** What a session's turns add up to. null = none of them measured it; durations µs. */
export interface SessionMeasures {
  readonly turns: number
  readonly errors: number
  readonly medianDuration: number | null
  readonly longest: number
  readonly totalTokens: number | null
  readonly cost: number | null
}

/** Turns that talked: an action server's call without its turn is shown, not counted. */
const talked = ({ kind }: TraceSummary): boolean => kind === 'turn' || kind === 'call'

const sum = (values: readonly (number | null | undefined)[]): number | null => {
  const known = values.filter((value): value is number => typeof value === 'number')
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}

/** Adds up the turns that were read. */
export function measureSession(all: readonly TraceSummary[]): SessionMeasures {
  const turns = all.filter(talked)
  const durations = turns
    .filter(({ status }) => status !== 'pending')
    .map(({ duration }) => duration as number)
    .sort((a, b) => a - b)
  return {
    turns: turns.reduce((total, turn) => total + (turn.kind === 'call' ? (turn.turns ?? 1) : 1), 0),
    errors: turns.filter(({ status }) => status === 'error').length,
    medianDuration: durations[Math.floor((durations.length - 1) / 2)] ?? null,
    longest: durations.at(-1) ?? 0,
    totalTokens: sum(turns.map(({ metrics }) => metrics.totalTokens)),
    cost: sum(turns.map(({ metrics }) => metrics.cost)),
  }
}

const SCALES = [
  { below: 120e6, per: 1e6, unit: 's' },
  { below: 7_200e6, per: 60e6, unit: 'min' },
  { below: 172_800e6, per: 3_600e6, unit: 'h' },
  { below: Number.POSITIVE_INFINITY, per: 86_400e6, unit: 'days' },
] as const

/** The pause before a turn, counted from the start of the one before: `+19 s`; under a second nothing. */
export function pauseText(previous: TraceSummary | undefined, turn: TraceSummary): string | undefined {
  if (!previous) return undefined
  const pause = turn.startTime - previous.startTime
  if (pause < 1e6) return undefined
  const { per, unit } = SCALES.find(({ below }) => pause < below) ?? SCALES[3]
  return `+${Math.round(pause / per)} ${unit}`
}

/** Silence after which a line stands between two turns, µs. */
const LONG_SILENCE = 30 * 60 * 1e6

/** Whether the participant was away for long between the end of one turn and the start of the next. */
export const wasAway = (previous: TraceSummary | undefined, turn: TraceSummary): boolean =>
  previous !== undefined && turn.startTime - (previous.startTime + previous.duration) >= LONG_SILENCE
