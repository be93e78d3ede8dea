import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { engineMessage } from '../engine/connections.ts'
import { asStoreError, DATA_FILE } from './data-file.ts'
import { openUnreplayed } from './unreplayed.ts'
import { readWal } from './wal-reading.ts'

/** Rows of one group of the data file: its blocks hold one column of one group. */
const GROUP = 122_880

export interface Checked {
  /** One line each; empty where everything can be read. */
  readonly problems: readonly string[]
  readonly rows: ReadonlyMap<string, number>
}

/**
 * Reads everything in a store, its log included, and changes nothing. Rejects with a StoreError where it cannot
 * be opened, `held` where a gateway has it open.
 */
export async function checkStore(directory: string): Promise<Checked> {
  const path = join(directory, DATA_FILE)
  await stat(path).catch(() => {
    throw new Error(`there is no store in ${directory}`)
  })
  const fail = (error: unknown): never => {
    throw asStoreError(path, error)
  }
  const problems: string[] = []
  const lock = await openUnreplayed(path).catch(fail)
  const wal = await readWal(`${path}.wal`)
  const replayable = wal === null || wal.end === 'usual'
  if (wal !== null && !replayable) {
    const behind = wal.beyond.commits > 0 ? `, ${wal.beyond.commits} commits stand behind it` : ''
    problems.push(
      `the log (${DATA_FILE}.wal) cannot be read past byte ${wal.brokenAt ?? 0} of ${wal.bytes}${behind}: the next start sets it aside and says what it keeps; the data file alone was checked`,
    )
  }
  let instance = lock
  try {
    if (replayable) {
      lock.closeSync()
      instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY', memory_limit: '1GiB' }).catch(
        fail,
      )
    }
    const connection = await instance.connect()
    try {
      return { problems, rows: await readTables(connection, problems) }
    } finally {
      connection.disconnectSync()
    }
  } finally {
    instance.closeSync()
  }
}

async function readTables(connection: DuckDBConnection, problems: string[]): Promise<Map<string, number>> {
  const rows = new Map<string, number>()
  const columns = await connection.runAndReadAll(
    'SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index',
  )
  for (const [table, column] of columns.getRowsJS() as [string, string][]) {
    if (!rows.has(table)) {
      const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM "${table}"`)
      rows.set(table, Number(counted.getRowsJS()[0]?.[0]))
    }
    await readColumn(connection, table, column, rows.get(table) ?? 0, problems)
  }
  return rows
}

/** Group by group, so that what one damaged block hides is told apart from what can be read. */
async function readColumn(
  connection: DuckDBConnection,
  table: string,
  column: string,
  rows: number,
  problems: string[],
): Promise<void> {
  let unread = 0
  let first = ''
  for (let at = 0; at === 0 || at < rows; at += GROUP) {
    try {
      await connection.run(
        `SELECT bit_xor(hash("${column}")) FROM "${table}" WHERE rowid >= ${at} AND rowid < ${at + GROUP}`,
      )
    } catch (error) {
      unread += Math.min(GROUP, rows - at)
      first ||= engineMessage(error)
    }
  }
  if (unread > 0)
    problems.push(`${table}.${column}: up to ${unread} of ${rows} rows cannot be read: ${first}`)
}
