import { durationMicros } from '../../src/domain/model/units.ts'

/** What a child is told. */
export interface Task {
  readonly directory: string
  readonly seed: number
  /** Counts the children of a run from 1. */
  readonly life: number
  /** Names of traces that the last child did not send whole. */
  readonly unfinished: readonly string[]
  /** Whether what is old is deleted. */
  readonly retains: boolean
}

/** The children's clock: µs at the first of them. Each of the others lives an hour after the one before. */
export const CLOCK = 1_790_000_000_000_000
export const HOUR = 3_600_000_000
/** What is as many lives old may go; what is younger must stay. */
export const LIVES_KEPT = 20
/** A trace that was cut off is sent again by so many lives, then it stays as it is. */
export const LIVES_CARRIED = 4
export const RETENTION = durationMicros(LIVES_KEPT * HOUR)

/** A text as a seed. */
export function hashOf(text: string): number {
  let hash = 7
  for (const sign of text) hash = (Math.imul(hash, 31) + (sign.codePointAt(0) ?? 0)) | 0
  return hash
}
