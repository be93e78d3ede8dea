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
import { type Untyped, untypedOf } from '../read/untyped.ts'
import { constant } from '../sql/sql.ts'
import { openStore, type Store } from '../store.ts'
import { answersOf, fillOldStore, OLD_NOW } from '../testing/old-store.ts'
import { span } from '../testing/spans.ts'
import { type ResultRow, runOn } from './connections.ts'
import { typeSpans } from './typing.ts'

const signal = new AbortController().signal
const FIXTURES = join(import.meta.dirname, '..', 'fixtures')
const DONE = 'store: the columns of all spans are filled'
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
  const lines: string[] = []
  const store = await opened(lines)
  await expect.poll(() => lines.at(-1), { timeout: 60_000 }).toBe(DONE)
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

async function untyped(): Promise<Untyped | null> {
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  try {
    return await untypedOf((statement) => runOn(connection, statement))
  } finally {
    connection.disconnectSync()
    file.close()
  }
}

/** Traces of an old store that was brought up and not filled. */
async function openedAsBefore(): Promise<number> {
  await placeOldStore()
  const [{ n = 0 } = {}] = await asked('SELECT count(*) AS n FROM traces')
  expect(await typedRows()).toEqual([])
  return Number(n)
}

/** Traces have rows exactly where it says so. */
async function expectFilledDownTo(progress: Untyped | null): Promise<void> {
  expect(progress).not.toBeNull()
  const { time, id, done, total } = progress as Untyped
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThanOrEqual(total)
  const rows = await asked(
    `SELECT t.trace_id, t.start_time > ${time} OR (t.start_time = ${time} AND t.trace_id >= '${id}') AS told,
       EXISTS (SELECT 1 FROM typed_spans s WHERE s.trace_id = t.trace_id) AS filled
     FROM traces t WHERE EXISTS (SELECT 1 FROM spans p WHERE p.trace_id = t.trace_id)`,
  )
  expect(rows.filter(({ told, filled }) => told !== filled)).toEqual([])
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

it('fills the columns of a store of version 7, which answers as before', async () => {
  await placeOldStore()
  const lines: string[] = []
  const store = await opened(lines)
  await expect.poll(() => lines.at(-1), { timeout: 60_000 }).toBe(DONE)
  expect(lines[0]).toMatch(/^store: filling the columns of spans of \d+ traces .*, newest first$/)
  const expected = JSON.parse(await readFile(join(FIXTURES, 'version-7-answers.json'), 'utf8'))
  expect(await answersOf(store)).toEqual(expected)
  await open.pop()?.close()
  expect(await asked('SELECT * FROM untyped')).toEqual([])
  await expectTyped()
  const [recorded] = await asked(
    "SELECT cached_tokens, reasoning_tokens FROM traces WHERE trace_id = 'recorded'",
  )
  expect(recorded).toEqual({ cached_tokens: 20, reasoning_tokens: 3 })
  const again: string[] = []
  await opened(again)
  expect(again).toEqual([])
}, 120_000)

it.each([1, 2])(
  'goes on where a kill at its write %i ended it',
  async (last) => {
    await placeOldStore()
    const file = await openDataFile({ directory })
    const connection = await file.instance.connect()
    let writes = 0
    const typing = typeSpans({
      read: (work) => work((statement) => runOn(connection, statement)),
      write: async (work) => {
        await work(connection)
        if (++writes === last) throw new Error('killed')
      },
      forget: () => {},
      reader: conventionReader(),
      log: () => {},
    })
    await expect(typing).rejects.toThrow('killed')
    const copy = join(root, 'killed')
    await cp(directory, copy, { recursive: true })
    connection.disconnectSync()
    file.close()
    directory = copy
    await expectFilledDownTo(await untyped())
    const store = await filled()
    const expected = JSON.parse(await readFile(join(FIXTURES, 'version-7-answers.json'), 'utf8'))
    expect(await answersOf(store)).toEqual(expected)
    await open.pop()?.close()
    expect(await untyped()).toBeNull()
    await expectTyped()
  },
  120_000,
)

it('tells that nothing is filled of a store as the version before left it, and all of one that is new', async () => {
  const total = await openedAsBefore()
  expect(await untyped()).toEqual({ time: 2n ** 62n, id: '', done: 0, total })
  await rm(directory, { recursive: true })
  await mkdir(directory)
  expect(await untyped()).toBeNull()
})

it('fills what writing would have written, also of traces that get more spans meanwhile', async () => {
  await fillOldStore(await opened())
  await open.pop()?.close()
  const written = await typedRows()
  const file = await openDataFile({ directory })
  const connection = await file.instance.connect()
  // As the version before left it.
  for (const statement of [
    'DELETE FROM typed_spans',
    'UPDATE traces SET cached_tokens = NULL, reasoning_tokens = NULL',
    `UPDATE spans SET facts = json_merge_patch(facts,
       '{"provider":null,"component":null,"vectorStore":null,"documents":null,"streamed":null}')
     WHERE facts LIKE '{%'`,
    `INSERT INTO untyped SELECT ${2n ** 62n}, '', 0, count(*) FROM traces`,
  ])
    await connection.run(statement)
  connection.disconnectSync()
  file.close()
  const lines: string[] = []
  const store = await opened(lines)
  const late = span('large.after', { parent: '1', start: 7 })
  await store.addSpans([late, { ...span('late.1'), traceId: traceId(String(written[0]?.trace_id)) }])
  await expect.poll(() => lines.at(-1), { timeout: 60_000 }).toBe(DONE)
  await open.pop()?.close()
  const rows = await typedRows()
  const changed = new Set(['large', String(written[0]?.trace_id)])
  const others = (all: readonly ResultRow[]) => all.filter((row) => !changed.has(String(row.trace_id)))
  expect(others(rows)).toEqual(others(written))
  expect(rows.length).toBe(written.length + 2)
  await expectTyped()
}, 120_000)
