/**
 * Reads many turns, and one of many steps, from a generated Langfuse of each kind, and prints calls, bytes and time.
 * `node --import tsx scripts/langfuse-size.ts [turns] [steps]`; 10,000 and 12,000 unless said otherwise.
 */
import { traceId } from '../src/domain/model/units.ts'
import { EVERYTHING } from '../src/domain/query/trace-query.ts'
import { readMeaning } from '../src/semantics/span/meaning.ts'
import { readSpan } from '../src/semantics/span/read-span.ts'
import { summarise } from '../src/semantics/trace/summarise.ts'
import { everyTrace } from '../src/sources/every-trace.ts'
import { LangfuseSource } from '../src/sources/langfuse/langfuse-source.ts'
import { type Generated, generateTraces, heldAs } from '../src/sources/langfuse/testing/generated-traces.ts'
import { KEYS, type Row, serveLangfuse } from '../src/sources/langfuse/testing/langfuse-server.ts'

const [turns = 10_000, steps = 12_000] = process.argv.slice(2).map(Number)
const NOW = Date.UTC(2026, 10, 20, 12)
const never = new AbortController().signal
const LONG = traceId('f'.repeat(32))

/** A turn whose agent took very many steps, each with a prompt. */
function withLong(generated: Generated): Generated {
  const [sample] = generated.rows
  const start = NOW - 7_200_000
  const row = (at: number): Row => ({
    ...sample,
    id: at.toString(16).padStart(16, '0'),
    traceId: LONG,
    parentObservationId: at === 0 ? null : '0'.repeat(16),
    isRootObservation: at === 0,
    name: at === 0 ? 'agent' : `step ${at}`,
    type: at === 0 ? 'AGENT' : 'SPAN',
    startTime: new Date(start + at * 10).toISOString(),
    endTime: new Date(at === 0 ? start + steps * 10 : start + at * 10 + 9).toISOString(),
    input: JSON.stringify({ prompt: `${at} `.repeat(400) }),
    output: JSON.stringify({ answer: 'a'.repeat(300) }),
  })
  return { ...generated, rows: [...generated.rows, ...Array.from({ length: steps }, (_, at) => row(at))] }
}

const generated = generateTraces(turns, NOW)
for (const dialect of ['v4', 'legacy'] as const) {
  const server = await serveLangfuse(heldAs(dialect, dialect === 'v4' ? withLong(generated) : generated))
  const source = new LangfuseSource({
    id: 'langfuse',
    baseUrl: server.url,
    ...KEYS,
    reader: { readSpan: (span) => readSpan(span), summarise, readMeaning: (span) => readMeaning(span) },
    clock: () => NOW,
  })
  const measured = async (what: string, run: () => Promise<string>) => {
    const [calls, bytes, begun] = [server.asked.length, server.bytes(), performance.now()]
    const found = await run()
    const ms = Math.round(performance.now() - begun)
    console.log(
      `${dialect}: ${what}: ${found}, ${server.asked.length - calls} calls, ${((server.bytes() - bytes) / 1e6).toFixed(2)} MB, ${ms} ms`,
    )
  }
  await source.look(never)
  if (dialect === 'v4') {
    await measured(`tree of ${steps} steps`, async () => {
      const { spans } = await source.getSpans(LONG, never)
      if (spans.length !== steps) throw new Error(`${spans.length} steps of ${steps}`)
      if (
        server.asked.some(
          (call) =>
            call.includes('/v2/observations?') &&
            call.includes(LONG) &&
            /fields=[^&]*io/.test(call) &&
            !call.includes('filter='),
        )
      )
        throw new Error('texts were read for the tree')
      return `${spans.length} steps`
    })
    await measured('one step', async () => {
      const { span } = await source.getSpan(LONG, (steps - 1).toString(16).padStart(16, '0') as never, never)
      return `${String(span.attributes['langfuse.observation.input']).length} characters`
    })
  }
  await measured('first page of 50', async () => {
    const { items } = await source.listTraces(EVERYTHING, { limit: 50 }, never)
    return `${items.length} turns`
  })
  await measured('export', async () => {
    let found = 0
    for await (const batch of everyTrace(source, EVERYTHING, never)) found += batch.length
    const wanted = dialect === 'v4' ? turns + 1 : turns
    if (found !== wanted) throw new Error(`${found} turns of ${wanted}`)
    return `${found} turns`
  })
  server.close()
}
