import { describe, expect, it } from 'vitest'
import type { HeldTrace } from '../sample/held-rows.ts'
import { CALLS, type Call, differencesOf, propertiesOf } from './differences.ts'
import { forgetting, remembered } from './forgetting.ts'
import type { Subject } from './harness.ts'
import { isDeclared, type Loss, type Losses } from './losses.ts'

/** What names a trace or a span: without it there is nothing to compare. */
const NAMES: ReadonlySet<Loss> = new Set<Loss>(['summary.traceId', 'outline.spanId'])

/** Two traces of each kind and status. */
function ofEachKind(traces: readonly HeldTrace[]): readonly HeldTrace[] {
  const seen = new Map<string, number>()
  return traces.filter(({ reading: { summary } }) => {
    const kind = `${summary.kind} ${summary.status}`
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    return (seen.get(kind) ?? 0) <= 2
  })
}

/**
 * That a property is missed where a source leaves it out and does not say so: of the source's own answers one
 * property is taken away at a time, and the comparison that the other checks stand on must name it.
 */
export function undeclaredLossChecks(subject: Subject): void {
  it.each(CALLS)('finds an undeclared loss of %s, whatever is lost', async (call) => {
    const { harness, traces, now } = subject
    const over = (source: Subject['source']): Subject => ({ harness, traces, now, source })
    const source = remembered(subject.source)
    const holders = new Map<Loss, HeldTrace>()
    for (const held of ofEachKind(traces))
      for (const loss of await propertiesOf(over(source), call, [held]))
        if (!holders.has(loss) && !NAMES.has(loss) && !isDeclared(loss, harness.losses ?? {}))
          holders.set(loss, held)
    expect(holders.size).toBeGreaterThan(5)
    const missed: Loss[] = []
    for (const [loss, held] of holders) {
      // What cannot even be compared fails as well.
      const found = await differencesOf(over(forgetting(source, loss)), call, [held]).catch(() => undefined)
      if (found !== undefined && !found.has(loss)) missed.push(loss)
    }
    expect(missed).toEqual([])
  })
}

/** The call that is asked for a part. */
const CALL_OF: Readonly<Record<string, Call>> = {
  summary: 'listTraces',
  trace: 'getTrace',
  outline: 'getSpans',
  span: 'getSpan',
  meaning: 'getSpan',
}

/** Lists what is declared lost, each as a skip with its reason; what is not lost after all fails. */
export function lossChecks(subject: Subject, losses: Losses = {}): void {
  const declared = Object.entries(losses) as [Loss, string][]
  if (declared.length === 0) return
  describe('a declared loss', () => {
    it.for(declared)('%s', async ([loss, reason], context) => {
      const call = CALL_OF[loss.split('.')[0] ?? '']
      if (call !== undefined) {
        const found = await differencesOf(subject, call, subject.traces)
        expect(found.has(loss), `${loss} is declared lost, but comes back whole`).toBe(true)
      }
      context.skip(reason)
    })
  })
}
