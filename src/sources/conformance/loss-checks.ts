import { describe, expect, it } from 'vitest'
import type { Micros } from '../../domain/units.ts'
import { microsFromMillis } from '../../domain/units.ts'
import { traceOfHeld } from '../sample/held-rows.ts'
import { comparable, never, type Subject } from './harness.ts'
import type { Loss, Losses, Part } from './losses.ts'

/** Pairs of what a source gives and what there was, of one part of a trace. */
async function pairsOf(
  subject: Subject,
  part: Part,
  now: Micros,
): Promise<readonly (readonly [object, object])[]> {
  const { source } = subject
  const pairs: [object, object][] = []
  for (const held of subject.traces) {
    if (part === 'summary' || part === 'trace') {
      const given = await source.getTrace(held.traceId, never())
      pairs.push([comparable(given), comparable(traceOfHeld(held, source.info.id, now))])
      continue
    }
    for (const span of held.spans) {
      const given = await source.getSpan(held.traceId, span.spanId, never())
      const wanted = held.detail(span)
      pairs.push([given[part], wanted[part]])
    }
  }
  return pairs
}

const valueAt = (value: object, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key]

/** Lists what is declared lost, each as a skip with its reason; what is not lost after all fails. */
export function lossChecks(subject: Subject, losses: Losses = {}): void {
  const declared = Object.entries(losses) as [Loss, string][]
  if (declared.length === 0) return
  describe('a declared loss', () => {
    it.for(declared)('%s', async ([loss, reason], context) => {
      const [part = '', key = ''] = loss.split('.')
      if (part !== 'facets') {
        const pairs = await pairsOf(subject, part as Part, microsFromMillis(subject.now()))
        const differing = pairs.filter(([given, wanted]) => {
          try {
            expect(valueAt(given, key)).toEqual(valueAt(wanted, key))
            return false
          } catch {
            return true
          }
        })
        expect(differing.length, `${loss} is declared lost, but comes back whole`).toBeGreaterThan(0)
      }
      context.skip(reason)
    })
  })
}
