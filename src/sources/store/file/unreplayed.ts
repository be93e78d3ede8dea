import { link, unlink } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * Opens a data file for reading alone, under a name of its own that no log stands beside: nothing is replayed,
 * nothing changed, and no other process can write to the file until the instance is closed. Rejects with the
 * engine's error.
 */
export async function openUnreplayed(path: string): Promise<DuckDBInstance> {
  const name = `${path}.probe-${process.pid}`
  await unlink(name).catch(() => undefined)
  await link(path, name)
  try {
    return await DuckDBInstance.create(name, { access_mode: 'READ_ONLY' })
  } finally {
    await unlink(name)
  }
}
