import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { spanId, traceId } from '../../../domain/model/units.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { selfTimes } from '../../../domain/tree/span-timing.ts'
import { buildSpanTree } from '../../../domain/tree/span-tree.ts'
import { conventionReader } from '../columns/reader.ts'
import { openDataFile } from '../file/data-file.ts'
import { constant } from '../sql/sql.ts'
import { openStore, type Store } from '../store.ts'
import { answersOf, fillOldStore, OLD_NOW } from '../testing/old-store.ts'
import { span } from '../testing/spans.ts'
import { type ResultRow, runOn } from './connections.ts'
import { Typing } from './typing.ts'

const signal = new AbortController().signal
const FIXTURES = join(import.meta.dirname, '..', 'fixtures')
const ANY: TraceQuery = {
  conditions: [{ field: 'kind', operator: 'is', values: ['any'] }],
  sort: { field: 'startTime', descending: true },
}

let root: string
let directory: string
const open: Store[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'turnscope-typing-'))
  directory = join(root, 'store')
  await mkdir(directory)
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  await rm(root, { recursive: true, force: true })
})

async function placeOldStore(): Promise<void> {
  const packed = await readFile(join(FIXTURES, 'version-7.duckdb.gz'))
  await writeFile(join(directory, 'traces.duckdb'), gunzipSync(packed))
}

async function opened(lines: string[] = []): Promise<Store> {
  const store = await openStore({ directory, now: () => OLD_NOW, log: (line) => lines.push(line) })
  open.push(store)
  return store
}

async function filled(): Promise<Store> {
  const store = await opened()
  await store.typed()
  return store
}

/** Rows of a statement on the closed store. */
async function asked(statement: string): Promise<readonly ResultRow[]> {
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  try {
    return await runOn(connection, constant(statement))
  } finally {
    connection.disconnectSync()
    file.close()
  }
}

const typedRows = () => asked('SELECT * FROM typed_spans ORDER BY trace_id, span_id')

async function untyped(): Promise<number> {
  const [row] = await asked('SELECT count(DISTINCT trace_id) AS n FROM untyped')
  return Number(row?.n)
}

/** Traces with spans have rows or a mark, never neither. */
async function expectMarkedOrFilled(): Promise<void> {
  const rows = await asked(
    `SELECT t.trace_id FROM traces t WHERE EXISTS (SELECT 1 FROM spans p WHERE p.trace_id = t.trace_id)
       AND NOT EXISTS (SELECT 1 FROM untyped u WHERE u.trace_id = t.trace_id)
       AND NOT EXISTS (SELECT 1 FROM typed_spans s WHERE s.trace_id = t.trace_id)`,
  )
  expect(rows).toEqual([])
}

/** Each typed row against what the store says of its trace by other ways. */
async function expectTyped(): Promise<void> {
  const rows = await typedRows()
  const byTrace = new Map<string, ResultRow[]>()
  for (const row of rows) {
    const id = String(row.trace_id)
    byTrace.set(id, [...(byTrace.get(id) ?? []), row])
  }
  const store = await opened()
  const { items } = await store.source.listTraces(ANY, { limit: 1_000 }, signal)
  expect(items.length).toBeGreaterThan(100)
  let spanCount = 0
  for (const summary of items) {
    const { spans } = await store.source.getSpans(summary.traceId, signal)
    spanCount += expectTrace(summary, spans, byTrace.get(summary.traceId) ?? [])
  }
  expect(rows.length).toBe(spanCount)
  expect(rows.filter((row) => row.provider !== null).length).toBeGreaterThan(20)
  expect(rows.filter((row) => row.component !== null).length).toBeGreaterThan(100)
  await open.pop()?.close()
}

type Outlines = Awaited<ReturnType<Store['source']['getSpans']>>['spans']

function expectTrace(summary: TraceSummary, spans: Outlines, rows: readonly ResultRow[]): number {
  const tree = buildSpanTree(spans)
  const self = selfTimes(tree)
  const { traceId: id, metrics } = summary
  expect(rows.length, id).toBe(tree.size)
  for (const row of rows) {
    const at = tree.rowOf(spanId(String(row.span_id)))
    const outline = tree.spans[at]
    expect(row, id).toMatchObject({
      trace_start: summary.startTime,
      trace_kind: summary.kind,
      start_time: outline?.startTime,
      duration: outline?.duration,
      self_time: outline?.duration === null ? null : self[at],
      name: outline?.name,
      kind: outline?.kind,
      service: outline?.service,
      state: outline?.state,
      failed: outline?.state === 'error' || outline?.state === 'recovered',
    })
  }
  const sum = (column: string, where: string) =>
    rows.reduce((total, row) => total + (row[where] === true ? Number(row[column] ?? 0) : 0), 0)
  // What a bot recorded of its turn stands before what its spans say.
  if (id === 'recorded' || id === 'long') return tree.size
  if (typeof metrics.inputTokens === 'number') {
    expect(sum('input_tokens', 'counts_tokens'), id).toBe(metrics.inputTokens)
  }
  if (typeof metrics.cost === 'number') expect(sum('cost', 'counts_cost'), id).toBeCloseTo(metrics.cost, 9)
  if (typeof metrics.llmTurns === 'number') {
    expect(rows.filter((row) => row.is_llm_turn === true).length, id).toBe(metrics.llmTurns)
  }
  if (typeof metrics.toolCalls === 'number') {
    expect(rows.filter((row) => row.is_tool_call === true).length, id).toBe(metrics.toolCalls)
  }
  return tree.size
}

const answersOfVersion7 = async () =>
  JSON.parse(await readFile(join(FIXTURES, 'version-7-answers.json'), 'utf8'))

it('fills the columns of a store of version 7, which answers as before', async () => {
  await placeOldStore()
  const store = await filled()
  expect(await answersOf(store)).toEqual(await answersOfVersion7())
  await open.pop()?.close()
  expect(await untyped()).toBe(0)
  await expectTyped()
}, 120_000)

it.each([1, 2])(
  'goes on where a kill at its write %i ended it',
  async (last) => {
    await placeOldStore()
    const file = await openDataFile({ directory })
    const connection = await file.instance.connect()
    let writes = 0
    const killed = new AbortController()
    const typing = new Typing({
      read: (work) => work((statement) => runOn(connection, statement)),
      write: async (work) => {
        await work(connection)
        if (++writes < last) return
        killed.abort()
        throw new Error('killed')
      },
      held: () => undefined,
      busyMs: () => 0,
      signal: killed.signal,
      reader: conventionReader(),
      log: () => {},
    })
    await typing.run()
    const copy = join(root, 'killed')
    await cp(directory, copy, { recursive: true })
    connection.disconnectSync()
    file.close()
    directory = copy
    expect(await untyped()).toBeGreaterThan(0)
    expect((await typedRows()).length).toBeGreaterThan(0)
    await expectMarkedOrFilled()
    const store = await filled()
    expect(await answersOf(store)).toEqual(await answersOfVersion7())
    await open.pop()?.close()
    expect(await untyped()).toBe(0)
    await expectTyped()
  },
  120_000,
)

it('tells that nothing is filled of a store as the version before left it, and all of one that is new', async () => {
  await placeOldStore()
  const [{ n } = {}] = await asked('SELECT count(*) AS n FROM traces')
  expect(n).toBeGreaterThan(100)
  expect(await untyped()).toBe(n)
  expect(await typedRows()).toEqual([])
  await rm(directory, { recursive: true })
  await mkdir(directory)
  expect(await untyped()).toBe(0)
})

it('fills what writing would have written, also of traces that get more spans meanwhile', async () => {
  const first = await opened()
  await fillOldStore(first)
  await first.typed()
  await open.pop()?.close()
  const written = await typedRows()
  expect(written.length).toBeGreaterThan(1_000)
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  // As the version before left it.
  for (const statement of [
    'DELETE FROM typed_spans',
    `UPDATE spans SET facts = json_merge_patch(facts,
       '{"v":null,"provider":null,"component":null,"vectorStore":null,"documents":null,"streamed":null}')
     WHERE facts LIKE '{%'`,
    "UPDATE spans SET facts = NULL WHERE facts = '{}'",
    'DELETE FROM untyped',
    'INSERT INTO untyped SELECT trace_id, start_time, false FROM traces',
  ])
    await connection.run(statement)
  connection.disconnectSync()
  file.close()
  const store = await opened()
  const late = span('large.after', { parent: '1', start: 7 })
  await store.addSpans([late, { ...span('late.1'), traceId: traceId(String(written[0]?.trace_id)) }])
  await store.typed()
  await open.pop()?.close()
  const rows = await typedRows()
  const changed = new Set(['large', String(written[0]?.trace_id)])
  const others = (all: readonly ResultRow[]) => all.filter((row) => !changed.has(String(row.trace_id)))
  expect(others(rows)).toEqual(others(written))
  expect(rows.length).toBe(written.length + 2)
  await expectTyped()
}, 120_000)

it('writes each span once, however often its trace changes while rows are written', async () => {
  const store = await opened()
  const late: Promise<void>[] = []
  for (let round = 0; round < 8; round++) {
    for (let index = 0; index < 40; index++) {
      const name = `t${index}.${round}`
      // Earlier and earlier: the mark of a trace moves with its start.
      late.push(store.addSpans([span(name, { ...(round > 0 && { parent: '0' }), start: -round * 1_000 })]))
    }
    await Promise.all(late.splice(0))
    if (round % 3 === 1) await store.typed()
  }
  await store.typed()
  await open.pop()?.close()
  const rows = await asked('SELECT trace_id, span_id, count(*) AS n FROM typed_spans GROUP BY ALL')
  expect(rows.length).toBe(320)
  expect(rows.filter(({ n }) => n !== 1)).toEqual([])
  expect(await untyped()).toBe(0)
})

it('takes the rows of a span away that another reading replaced, at whatever time it stood', async () => {
  const store = await opened()
  await store.addSpans([span('a.1', { duration: null, start: -60_000_000 }), span('a.2', { parent: '1' })])
  await store.typed()
  await store.addSpans([span('a.1', { start: 5_000, name: 'ended' })])
  await store.typed()
  await open.pop()?.close()
  expect(await asked('SELECT span_id, name FROM typed_spans ORDER BY 1')).toEqual([
    { span_id: '1', name: 'ended' },
    { span_id: '2', name: 'span 2' },
  ])
})

it('goes on by itself after a write that failed', async () => {
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  await connection.run("INSERT INTO untyped VALUES ('gone', 1, false)")
  const stopped = new AbortController()
  const lines: string[] = []
  let writes = 0
  const typing = new Typing({
    read: (work) => work((statement) => runOn(connection, statement)),
    write: async (work) => {
      if (++writes === 1) throw new Error('No space left on device')
      await work(connection)
    },
    held: () => undefined,
    busyMs: () => 0,
    signal: stopped.signal,
    reader: conventionReader(),
    log: (line) => lines.push(line),
  })
  const running = typing.run()
  await typing.settled()
  stopped.abort()
  await running
  connection.disconnectSync()
  file.close()
  expect(lines).toEqual([expect.stringContaining('columns of spans not written yet')])
  expect(writes).toBe(2)
  expect(await untyped()).toBe(0)
})
