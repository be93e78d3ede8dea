import { readMeaning } from '../../../semantics/span/meaning.ts'
import { readSpan } from '../../../semantics/span/read-span.ts'
import { summarise } from '../../../semantics/trace/summarise.ts'
import type { TraceReader } from '../../backend/read-trace.ts'

/** Reads by the conventions, as the gateway has sources read. */
export const jaegerReader: TraceReader = {
  readSpan: (span) => readSpan(span),
  summarise,
  readMeaning: (span, logs, preceding = []) => readMeaning(span, { logs, preceding }),
}
