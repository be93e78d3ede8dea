import type { DuckDBConnection } from '@duckdb/node-api'

/** All that is written meanwhile, or nothing of it. Rejects as the work or the commit does. */
export async function inTransaction<Result>(
  connection: DuckDBConnection,
  work: () => Promise<Result>,
): Promise<Result> {
  await connection.run('BEGIN TRANSACTION')
  try {
    const result = await work()
    await connection.run('COMMIT')
    return result
  } catch (error) {
    // A failed commit has already ended the transaction.
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}
