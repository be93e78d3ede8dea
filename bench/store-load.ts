import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Span } from '../src/domain/model/span.ts'
import { openStore } from '../src/sources/store/store.ts'
import { benchReader } from './bench-reader.ts'
import { benchTurns } from './turns.ts'

const BATCH_SPANS = 512
const CALLERS = 12
const REPORT_EVERY_MS = 5_000
const DAYS = 90

/**
 * Fills a store with generated turns of four spans, the way that everything goes that arrives: its rate is
 * that of ingest without HTTP and protobuf. Prints progress. The last turn ends now.
 */
export async function loadStore(directory: string, turns: number): Promise<void> {
  const store = await openStore({ directory, reader: benchReader, log: (line) => console.log(line) })
  const source = benchTurns({ turns, end: Date.now() * 1000, days: DAYS })
  const nextBatch = (): Span[] => {
    const batch: Span[] = []
    while (batch.length < BATCH_SPANS) {
      const { value, done } = source.next()
      if (done) break
      batch.push(...value)
    }
    return batch
  }

  const began = performance.now()
  let spans = 0
  let reported = began
  let spansReported = 0
  const report = (now: number) => {
    const rate = ((spans - spansReported) / (now - reported)) * 1000
    const rss = process.memoryUsage().rss / 2 ** 20
    console.log(
      `${Math.round(spans / 4).toLocaleString('en-US')} turns, ${Math.round(rate)} spans/s, ${Math.round(rss)} MiB`,
    )
    reported = now
    spansReported = spans
  }
  const caller = async () => {
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      await store.addSpans(batch)
      spans += batch.length
      const now = performance.now()
      if (now - reported >= REPORT_EVERY_MS) report(now)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage()
  await store.close()
  const { size } = await stat(join(directory, 'traces.duckdb'))
  console.log(
    `${turns.toLocaleString('en-US')} turns in ${seconds.toFixed(0)} s: ${Math.round(spans / seconds)} spans/s, ` +
      `${((user + system) / spans).toFixed(0)} µs of processor a span, ${Math.round(size / 2 ** 20)} MiB on disk`,
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [directory = '.turnscope-bench', turns = '1000000'] = process.argv.slice(2)
  await loadStore(directory, Number(turns))
}
