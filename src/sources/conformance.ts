import { afterAll, beforeAll, describe } from 'vitest'
import { aggregateChecks } from './conformance/aggregate-checks.ts'
import { aggregateLanguageChecks } from './conformance/aggregate-language-checks.ts'
import { filterChecks } from './conformance/filter-checks.ts'
import type { Harness, Opened, Subject } from './conformance/harness.ts'
import { listingChecks } from './conformance/listing-checks.ts'
import { lossChecks, undeclaredLossChecks } from './conformance/loss-checks.ts'
import { refusalChecks } from './conformance/refusal-checks.ts'
import { wholeTraceChecks } from './conformance/whole-trace-checks.ts'
import type { HeldTrace } from './sample/held-rows.ts'

/**
 * The one suite that every source passes. `traces` are given to the harness, which makes the source hold
 * them; every answer is then held against what domain/ and semantics/ say about the same traces.
 */
export function describeTraceSource(
  name: string,
  traces: () => readonly HeldTrace[],
  harness: Harness,
): void {
  describe(`${name} as a source of traces`, () => {
    let opened: Opened | undefined
    let held: readonly HeldTrace[] = []
    beforeAll(async () => {
      held = traces()
      opened = await harness.open(held)
    })
    afterAll(() => opened?.close())

    const subject: Subject = {
      harness,
      now: () => harness.now ?? Date.now(),
      get traces() {
        return held
      },
      get source() {
        if (opened === undefined) throw new Error('the source has not been opened')
        return opened.source
      },
    }
    listingChecks(subject)
    filterChecks(subject)
    refusalChecks(subject)
    wholeTraceChecks(subject)
    aggregateChecks(subject)
    aggregateLanguageChecks(subject)
    undeclaredLossChecks(subject)
    lossChecks(subject, harness.losses)
  })
}
