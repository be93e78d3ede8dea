import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { micros } from '../../../domain/model/units.ts'
import { LATER_COLUMNS } from '../columns/trace-columns.ts'
import { migrate, STEPS } from '../file/schema.ts'
import { openStore } from '../store.ts'
import { plainReader } from './plain-reader.ts'
import { log, START, span } from './spans.ts'

const OLD_VERSION = 2

/** Traces of a damaged store, and how many spans each of them has. */
export const DAMAGED_SIZES = {
  late: 1_400,
  early: 1_400,
  copied: 1_400,
  miscounted: 1_400,
  whole: 1_400,
  small: 3,
  orphan: 200,
}

/** What the older version did to them. */
const DAMAGE = [
  `UPDATE traces SET last_time = first_time + 1199, summary = replace(summary, ':1400', ':1200')
   WHERE trace_id = 'late'`,
  `UPDATE traces SET first_time = last_time - 1199, summary = replace(summary, ':1400', ':1200')
   WHERE trace_id = 'early'`,
  // Sent again: stored again, the row reaching over both.
  `INSERT INTO spans SELECT * FROM spans WHERE trace_id = 'copied' AND start_time >= ${START + 1_200}`,
  `UPDATE traces SET summary = replace(summary, ':1400', ':1600') WHERE trace_id = 'copied'`,
  // The disk was full when the row was due, and the mark was taken away.
  `UPDATE traces SET summary = replace(summary, ':1400', ':1200') WHERE trace_id = 'miscounted'`,
  `DELETE FROM traces WHERE trace_id = 'orphan'`,
]

/**
 * Makes a store as version 2 left it, which lost sight of spans of large traces after a kill: one trace for each
 * kind of damage, and two that are whole. `source` is a directory for the time of it.
 */
export async function makeDamaged(directory: string, source: string): Promise<void> {
  const store = await openStore({ directory: source, reader: plainReader, now: () => micros(START) })
  for (const [name, size] of Object.entries(DAMAGED_SIZES)) {
    const spans = Array.from({ length: size }, (_, index) => span(`${name}.${index}`, { start: index }))
    await store.addSpans(spans)
  }
  await store.addLogs([log('late')])
  await store.close()
  const instance = await DuckDBInstance.create(join(directory, 'traces.duckdb'), {
    storage_compatibility_version: 'latest',
  })
  const connection = await instance.connect()
  await migrate(connection, 0, STEPS.slice(0, OLD_VERSION))
  await connection.run(`ATTACH '${join(source, 'traces.duckdb')}' AS source (READ_ONLY)`)
  const later = ['first_text', 'last_text']
  for (const [table, without] of [
    ['traces', [...later, ...LATER_COLUMNS.map(([name]) => name)]],
    ['spans', later],
  ] as const) {
    await connection.run(`INSERT INTO ${table} SELECT * EXCLUDE (${without.join()}) FROM source.${table}`)
  }
  await connection.run('INSERT INTO logs SELECT * EXCLUDE (arrival, first_text, last_text) FROM source.logs')
  for (const statement of DAMAGE) await connection.run(statement)
  connection.disconnectSync()
  instance.closeSync()
}
