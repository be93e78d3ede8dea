import { isRating } from '../../domain/tree/outline-tree.ts'
import type { SpanReading, TraceReading } from '../reading.ts'
import type { Verdict } from './judge.ts'

type Judged = Pick<Verdict, 'tree' | 'outlines'>

/** Whether a span failed and nothing made it good; a rating that could not be kept is no failure of the turn. */
export const stands = ({ tree, outlines }: Judged, at: number): boolean =>
  outlines[at]?.state === 'error' && !isRating(tree, at)

/** The span at which a failure began, with its message, or the nearest one above where it has none. */
export function causeOf(
  readings: readonly SpanReading[],
  verdict: Judged,
  began: number,
): TraceReading['rootCause'] {
  const reading = readings[began]
  if (!reading) return undefined
  const { outline, facts } = reading
  const own = facts.errorMessage ?? outline.error ?? ''
  return {
    spanId: outline.spanId,
    name: outline.name,
    message: own === '' ? (messageAbove(readings, verdict, began)?.message ?? '') : own,
    ...(facts.errorType !== undefined && { type: facts.errorType }),
  }
}

/** What the nearest failed span above says, where the one at which it began only says that it failed. */
function messageAbove(
  readings: readonly SpanReading[],
  { tree, outlines }: Judged,
  began: number,
): { readonly name: string; readonly message: string } | undefined {
  for (let at = tree.parent[began] as number; at >= 0; at = tree.parent[at] as number) {
    const message = readings[at]?.facts.errorMessage ?? readings[at]?.outline.error ?? ''
    if (outlines[at]?.state === 'error' && message !== '') return { name: outlines[at]?.name ?? '', message }
  }
  return undefined
}

/** A failure in one line: the message of the span at which it began, else its name with what is said above. */
export function errorLine(readings: readonly SpanReading[], verdict: Judged, at: number): string {
  const began = readings[at]?.outline
  if (began?.error) return began.error
  const above = messageAbove(readings, verdict, at)
  return above ? `${began?.name} failed: ${above.message}` : `${began?.name} failed`
}
