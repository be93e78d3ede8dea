import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'

export type CellType = 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN'
export type Cell = string | number | boolean | null | undefined

/** Rows appended before the event loop gets its turn: about a millisecond of work. */
const SLICE = 256
/** Characters appended before they leave the appender, which holds them beside the transaction's own copy. */
const HELD = 4 * 1024 ** 2
const otherWork = () => new Promise<void>((resolve) => setImmediate(resolve))

const APPENDERS: Record<CellType, (appender: DuckDBAppender, value: never) => void> = {
  VARCHAR: (appender, value: string) => appender.appendVarchar(value),
  BIGINT: (appender, value: number) => appender.appendBigInt(BigInt(Math.round(value))),
  INTEGER: (appender, value: number) => appender.appendInteger(value),
  DOUBLE: (appender, value: number) => appender.appendDouble(value),
  BOOLEAN: (appender, value: boolean) => appender.appendBoolean(value),
}

/** Appends rows to a table within the connection's transaction. `types` stand in the table's order. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  types: readonly CellType[],
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const appender = await connection.createAppender(table)
  const append = types.map((type) => APPENDERS[type])
  try {
    let count = 0
    let held = 0
    for (const row of rows) {
      for (let index = 0; index < append.length; index++) {
        const value = row[index]
        if (value === null || value === undefined) appender.appendNull()
        else append[index]?.(appender, value as never)
        if (typeof value === 'string') held += value.length
      }
      appender.endRow()
      if (held > HELD) {
        appender.flushSync()
        held = 0
        await otherWork()
      }
      if (++count % SLICE === 0) await otherWork()
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}
