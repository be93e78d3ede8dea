import { SourceError } from '../../domain/port/source-error.ts'
import { failureKind } from './poll-until-arrived.ts'

/** A provider takes in what it is sent bit by bit: so long after a turn its spans may still be on their way, µs. */
const ON_THEIR_WAY = 900e6

/**
 * Why a turn's spans are not there: a young turn's that live elsewhere have not arrived yet, where that source knows
 * nothing of them.
 * @param ended when the turn ended, µs
 * @param now µs
 */
export function spansFailure(
  error: Error | null,
  {
    isElsewhere,
    ended,
    now,
  }: { readonly isElsewhere: boolean; readonly ended: number; readonly now: number },
): Error | null {
  if (!isElsewhere || failureKind(error) !== 'not-found' || now - ended >= ON_THEIR_WAY) return error
  return new SourceError('not-yet', error?.message ?? '')
}
