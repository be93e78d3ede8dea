import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { SourceError } from '../../../domain/port/source-error.ts'
import { Connections } from '../engine/connections.ts'
import { constant } from '../sql/sql.ts'
import { PageCache } from './page-cache.ts'

it('gives back the pages that were read since, and leaves the limit as it was', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'turnscope-pages-'))
  const path = join(directory, 'pages.duckdb')
  const written = await DuckDBInstance.create(path)
  const writer = await written.connect()
  await writer.run(
    'CREATE TABLE texts AS SELECT hash(range)::VARCHAR || hash(range + 1)::VARCHAR AS text FROM range(4000000)',
  )
  writer.disconnectSync()
  written.closeSync()
  const instance = await DuckDBInstance.create(path, { memory_limit: '1GiB' })
  const connections = new Connections(instance, (error) => new SourceError('bad-reply', String(error)))
  const { signal } = new AbortController()
  const ask = (text: string) => connections.read(signal, (run) => run(constant(text)))
  try {
    const cache = new PageCache(connections)
    const before = await cache.pages(signal)
    const [limit] = await ask("SELECT current_setting('memory_limit') AS bound")
    await ask('SELECT sum(length(text)) FROM texts')
    const read = await cache.pages(signal)
    expect(read - before).toBeGreaterThan(64 * 1024 ** 2)
    await cache.trim(before)
    expect((await cache.pages(signal)) - before).toBeLessThan(64 * 1024 ** 2)
    expect(await ask("SELECT current_setting('memory_limit') AS bound")).toEqual([limit])
  } finally {
    await connections.close()
    instance.closeSync()
    await rm(directory, { recursive: true, force: true })
  }
}, 60_000)
