import { spanId, traceId } from '../../../domain/model/units.ts'
import { openStore } from '../store.ts'
import { span } from './spans.ts'

// Run by durability.test.ts: adds spans from several callers, and says on stdout which were acknowledged.
const [directory = ''] = process.argv.slice(2)
const store = await openStore({ directory })
let next = 0

async function caller(): Promise<void> {
  for (;;) {
    const trace = `t${process.pid}-${next++}`
    const spans = Array.from({ length: 20 }, (_, index) => ({
      ...span('a.1', index === 0 ? {} : { parent: '0' }),
      traceId: traceId(trace),
      spanId: spanId(String(index)),
    }))
    // In two halves, so that rows are written again in the midst of it.
    await store.addSpans(spans.slice(10))
    await store.addSpans(spans.slice(0, 10))
    process.stdout.write(`${trace}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, caller))
