import type { TraceId } from '../../../domain/model/units.ts'
import type { IngestedEvent } from '../../../formats/langfuse/ingested-event.ts'
import {
  joinRecords,
  type MergedRecord,
  mergeEvent,
  newRecord,
} from '../../../formats/langfuse/merged-record.ts'
import { rootOfRecord, spanOfRecord } from '../../../formats/langfuse/record-spans.ts'
import { type EncodedSpan, encodeSpan } from '../columns/encoded-span.ts'
import {
  joinedRanges,
  MOST_DELETES,
  NAMED_TYPES,
  type Owner,
  rangeOf,
  readWhole,
  type StowedTexts,
} from '../columns/long-texts.ts'
import type { Reader } from '../columns/reader.ts'
import { traceKey } from '../columns/stored-text.ts'
import type { Run } from '../engine/connections.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { sql } from '../sql/sql.ts'
import type { TraceState } from './trace-states.ts'

/** The columns of `records`, in the table's order. */
export const RECORD_TYPES: readonly CellType[] = [
  'INTEGER',
  'VARCHAR',
  'VARCHAR',
  'VARCHAR',
  'BIGINT',
  'VARCHAR',
  ...NAMED_TYPES,
]

/** Spans made of records before the event loop gets its turn. */
const SLICE = 128

/** It stands in the store twice: as it was said, and as the span that it makes. */
export const eventBytes = (event: IngestedEvent): number => 8 * JSON.stringify(event).length

type Named = Pick<MergedRecord, 'target' | 'id' | 'traceId'>

/** Names a record among all. No id holds a line break. */
const recordName = ({ target, id, traceId }: Named): string => `${target}\n${traceId ?? ''}\n${id}`
const ownerOf = (record: Named): Owner => `record ${recordName(record)}`
const hash = (id: string): number => traceKey(id as TraceId)

export function recordRow(record: MergedRecord, arrival: number, stowed: StowedTexts): Cell[] {
  const trace = record.traceId ?? ('' as TraceId)
  stowed.beginRow()
  return [
    hash(record.id),
    recordName(record),
    record.id,
    trace,
    arrival,
    stowed.json(JSON.stringify(record), trace, ownerOf(record)),
    ...stowed.namedCells,
  ]
}

/** What events change: records to write, and the traces that they are of. */
export interface Merged {
  readonly changed: readonly MergedRecord[]
  /** What was said of each of these traces itself, where anything was. */
  readonly traces: ReadonlyMap<TraceId, MergedRecord | undefined>
  /** Records whose rows are out of date. */
  readonly stale: readonly Named[]
}

export const NOTHING_MERGED: Merged = { changed: [], traces: new Map(), stale: [] }

/** Records by these ids, whatever their trace. */
async function loadRecords(run: Run, ids: readonly string[]): Promise<MergedRecord[]> {
  if (ids.length === 0) return []
  const keys = ids.map((id) => String(hash(id)))
  const rows = await readWhole(
    run,
    sql`SELECT record FROM records WHERE entity_key IN (SELECT unnest(${keys})::INTEGER)
        AND id IN (SELECT unnest(${ids}))`,
    ['record'],
  )
  return rows.map(({ record }) => JSON.parse(String(record)) as MergedRecord)
}

/** Records while events are merged into them: a thing's record by its name, and those of an id together. */
class RecordTable {
  readonly #byName = new Map<string, MergedRecord>()
  readonly #ofId = new Map<string, Set<string>>()
  readonly changed = new Set<string>()
  readonly stale: Named[] = []

  add(record: MergedRecord): void {
    const name = recordName(record)
    this.#byName.set(name, record)
    const id = `${record.target}\n${record.id}`
    this.#ofId.set(id, (this.#ofId.get(id) ?? new Set()).add(name))
  }

  get(name: string): MergedRecord | undefined {
    return this.#byName.get(name)
  }

  /** An update that names no trace is of whichever is known by its id. */
  merge(event: IngestedEvent): void {
    const { target, entityId: id, traceId } = event
    const others = [...(this.#ofId.get(`${target}\n${id}`) ?? [])]
    const name =
      traceId === null
        ? (others.find((one) => this.get(one)?.traceId !== null) ?? recordName({ target, id, traceId: null }))
        : recordName({ target, id, traceId })
    const known = this.get(name) ?? newRecord(event)
    const orphan = traceId === null ? undefined : this.get(recordName({ target, id, traceId: null }))
    const merged = mergeEvent(orphan ? joinRecords(known, orphan) : known, event)
    if (merged === known) return
    this.add(merged)
    this.changed.add(recordName(merged))
    if (orphan) this.#remove(orphan)
  }

  #remove(record: MergedRecord): void {
    const name = recordName(record)
    this.#byName.delete(name)
    this.#ofId.get(`${record.target}\n${record.id}`)?.delete(name)
    this.changed.delete(name)
    this.stale.push(record)
  }
}

/** Merges events into what is stored of their things. */
export async function mergeEvents(run: Run, events: readonly IngestedEvent[]): Promise<Merged> {
  const table = new RecordTable()
  const ids = new Set<string>(events.map(({ entityId }) => entityId))
  for (const { traceId } of events) if (traceId !== null) ids.add(traceId)
  for (const record of await loadRecords(run, [...ids])) table.add(record)
  // Those that know their trace go first, so that the others find it.
  for (const event of events) if (event.traceId !== null) table.merge(event)
  for (const event of events) if (event.traceId === null) table.merge(event)
  const changed = [...table.changed].flatMap((name) => table.get(name) ?? [])
  const traceIds = new Set(changed.flatMap(({ traceId }) => traceId ?? []))
  const loaded = new Set([...ids])
  const others = [...traceIds].filter((id) => !loaded.has(id))
  for (const record of await loadRecords(run, others)) if (record.target === 'trace') table.add(record)
  const traces = new Map(
    [...traceIds].map((traceId) => [
      traceId,
      table.get(recordName({ target: 'trace', id: traceId, traceId })),
    ]),
  )
  return { changed, traces, stale: [...table.stale, ...changed] }
}

/** The spans that changed observations now are. */
export async function spansOfRecords({ changed }: Merged, reader: Reader): Promise<EncodedSpan[]> {
  const encoded: EncodedSpan[] = []
  for (const [at, record] of changed.entries()) {
    if (at % SLICE === SLICE - 1) await new Promise<void>((resolve) => setImmediate(resolve))
    const span = spanOfRecord(record)
    if (span) encoded.push({ ...encodeSpan(span, reader), replaces: true })
  }
  return encoded
}

/** The top spans of the traces that events changed. */
export const rootsOfRecords = (
  { traces }: Merged,
  touched: ReadonlyMap<TraceId, TraceState>,
  reader: Reader,
): EncodedSpan[] =>
  [...traces].map(([traceId, record]) => {
    const outlines = (touched.get(traceId)?.readings ?? []).map(({ outline }) => outline)
    return { ...encodeSpan(rootOfRecord(traceId, record, outlines), reader), replaces: true }
  })

/** Deletes the rows of records, and their long texts. */
export async function removeRecords(run: Run, records: readonly Named[]): Promise<void> {
  if (records.length === 0) return
  const keys = records.map(({ id }) => String(hash(id)))
  const its = sql`records WHERE entity_key IN (SELECT unnest(${keys})::INTEGER)
      AND name IN (SELECT unnest(${records.map(recordName)}))`
  const naming = await run(sql`SELECT first_text, last_text FROM ${its} AND first_text IS NOT NULL`)
  const ranges = naming.flatMap((row) => rangeOf(row) ?? [])
  for (const { first, last } of joinedRanges(ranges, MOST_DELETES)) {
    await run(
      sql`DELETE FROM long_texts WHERE id BETWEEN ${BigInt(first)} AND ${BigInt(last)}
          AND owner IN (SELECT unnest(${records.map(ownerOf)}))`,
    )
  }
  await run(sql`DELETE FROM ${its}`)
}
