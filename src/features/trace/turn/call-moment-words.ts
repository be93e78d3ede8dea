import type { CallMoment, CallMomentKind } from '../../../semantics/trace/call-moments.ts'

const NAMES: { readonly [Kind in CallMomentKind]: string } = {
  'barge-in': 'Barge-in',
  silence: 'Silence',
  keypad: 'Key pressed',
  rejected: 'Transcript rejected',
  'hang-up': 'Hang-up asked for',
  disconnect: 'Disconnected',
}

/** A moment in a word or two, as it stands on the time line. */
export const momentName = ({ kind, outcome }: CallMoment): string =>
  outcome === undefined ? NAMES[kind] : `${NAMES[kind]} ${outcome}`

/** What is known of a moment beyond its name: what was said, and why it was taken so. */
export const momentDetail = ({ text, reason }: CallMoment): string =>
  [text === undefined ? undefined : `“${text}”`, reason?.replaceAll('_', ' ')]
    .filter((part) => part !== undefined)
    .join(', ')

/** Turns and moments of a call in one order of time; a moment goes before a turn that began with it. */
export const inOrderOfTime = <Turn extends { readonly startTime: number }>(
  turns: readonly Turn[],
  moments: readonly CallMoment[],
): readonly ({ readonly turn: Turn } | { readonly moment: CallMoment })[] =>
  [
    ...moments.map((moment) => ({ time: moment.time as number, moment })),
    ...turns.map((turn) => ({ time: turn.startTime, turn })),
  ]
    .toSorted((a, b) => a.time - b.time)
    .map((one) => ('turn' in one ? { turn: one.turn } : { moment: one.moment }))
