import { DEFAULT_JSON_LIMITS, type JsonLimits } from '../../json-count.ts'
import type { OtlpLimits } from '../guard/otlp-limits.ts'
import { mostRecords, tooManyGroups, tooManyRecords } from '../guard/part-count.ts'

/**
 * How much the JSON of an export may hold: no more groups and records than are looked at when it is read. At
 * these depths stand `resourceSpans`, `scopeSpans` and `spans` (or those of logs), and no other lists.
 */
export function otlpJsonLimits(limits: OtlpLimits): JsonLimits {
  const groups = { items: limits.groups, problem: tooManyGroups(limits) }
  return {
    ...DEFAULT_JSON_LIMITS,
    lists: [
      { depth: 2, ...groups },
      { depth: 4, ...groups },
      { depth: 6, items: mostRecords(limits), problem: tooManyRecords(limits) },
    ],
  }
}
