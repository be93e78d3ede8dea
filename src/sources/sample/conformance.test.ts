import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { describeTraceSource } from '../conformance.ts'
import { generateConversations } from './conversations.ts'
import { holdTrace, type TraceReader } from './hold-trace.ts'
import { MemorySource } from './memory-source.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 3)
const reader: TraceReader = {
  readSpan: (span) => readSpan(span),
  summarise,
  readMeaning: (span) => readMeaning(span),
}
const held = () =>
  [...generateConversations({ turns: 300, now: NOW, days: 4 })].map(({ spans, arrival }) =>
    holdTrace(reader, spans, arrival),
  )

const memory = () =>
  new MemorySource(
    { id: 'sample', label: 'Sample', kind: 'sample', about: 'made up', sample: true },
    () => NOW,
  )

describeTraceSource('the sample', held, {
  now: NOW,
  open: async (traces) => {
    const source = memory()
    source.add(traces)
    return {
      source,
      insert: async (more) => source.add(more),
      // What a new process makes of the same seed.
      reopen: async () => {
        const again = memory()
        again.add(traces)
        return again
      },
      close: async () => {},
    }
  },
})
