import { useEffect, useRef, useState } from 'react'
import { SourceError, type SourceErrorKind } from '../../domain/port/source-error.ts'

/** Pauses before asking again for what has not arrived, ms: ever longer. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const

/** The kind of an error that a source gave; undefined for any other error. */
export const failureKind = (error: unknown): SourceErrorKind | undefined =>
  error instanceof SourceError ? error.kind : undefined

/** How long to wait before try number `tries` (from 0), ms. */
const pauseBefore = (tries: number): number => PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 30_000

/** Asks again by itself, ever more slowly, as long as what is wanted is known and has not arrived. */
export function usePollUntilArrived(error: Error | null, ask: () => unknown): void {
  const [tries, setTries] = useState(0)
  const latest = useRef(ask)
  latest.current = ask
  const awaited = failureKind(error) === 'not-yet'
  useEffect(() => {
    if (!awaited) return
    const timer = setTimeout(() => {
      latest.current()
      setTries(tries + 1)
    }, pauseBefore(tries))
    return () => clearTimeout(timer)
  }, [awaited, tries])
}
