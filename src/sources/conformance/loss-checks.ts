import { describe, expect, it } from 'vitest'
import type { Micros } from '../../domain/model/units.ts'
import { microsFromMillis } from '../../domain/model/units.ts'
import { traceOfHeld } from '../sample/held-rows.ts'
import { comparable, never, type Subject } from './harness.ts'
import type { Loss, Losses, Part } from './losses.ts'

/** Pairs of what a source gives and what there was, of one part of a trace. */
async function* pairsOf(
  subject: Subject,
  part: Part,
  now: Micros,
): AsyncGenerator<readonly [object, object]> {
  const { source } = subject
  for (const held of subject.traces) {
    if (part === 'summary' || part === 'trace') {
      const given = await source.getTrace(held.traceId, never())
      yield [comparable(given), comparable(traceOfHeld(held, source.info.id, now))]
      continue
    }
    for (const span of held.spans) {
      const given = await source.getSpan(held.traceId, span.spanId, never())
      yield [given[part], held.detail(span)[part]]
    }
  }
}

const valueAt = (value: object, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key]

const isEqual = (given: unknown, wanted: unknown): boolean => {
  try {
    expect(given).toEqual(wanted)
    return true
  } catch {
    return false
  }
}

/** Lists what is declared lost, each as a skip with its reason; what is not lost after all fails. */
export function lossChecks(subject: Subject, losses: Losses = {}): void {
  const declared = Object.entries(losses) as [Loss, string][]
  if (declared.length === 0) return
  describe('a declared loss', () => {
    it.for(declared)('%s', async ([loss, reason], context) => {
      const [part = '', key = ''] = loss.split('.')
      if (part !== 'facets') {
        let lost = false
        for await (const [given, wanted] of pairsOf(subject, part as Part, microsFromMillis(subject.now()))) {
          lost = !isEqual(valueAt(given, key), valueAt(wanted, key))
          if (lost) break
        }
        expect(lost, `${loss} is declared lost, but comes back whole`).toBe(true)
      }
      context.skip(reason)
    })
  })
}
