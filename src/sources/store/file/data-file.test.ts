import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LATER_COLUMNS, TRACE_COLUMNS } from '../columns/trace-columns.ts'
import { openDataFile } from './data-file.ts'
import { identify, STEPS } from './schema.ts'
import { StoreError } from './store-error.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-file-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const path = () => join(directory, 'traces.duckdb')

/** Everything in the directory with its bytes. */
async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort()
  const files = names.map(async (name) => [name, (await readFile(join(directory, name))).toString('base64')])
  return Object.fromEntries(await Promise.all(files))
}

async function makeDatabase(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path())
  const connection = await instance.connect()
  for (const statement of statements) await connection.run(statement)
  connection.disconnectSync()
  instance.closeSync()
}

/** Refused with one line of this kind, and nothing in the directory changed. */
async function expectRefusal(kind: string, wording: RegExp): Promise<void> {
  const before = await contents()
  const error = await openDataFile({ directory }).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StoreError)
  expect(error).toMatchObject({ kind })
  const { message } = error as StoreError
  expect(message).toMatch(wording)
  expect(message).not.toContain('\n')
  expect(await contents()).toEqual(before)
}

describe('a data file that cannot be used is left as it is:', () => {
  it('no database', async () => {
    await writeFile(path(), 'a diary of somebody, longer than twelve bytes')
    await expectRefusal('foreign', /is not a data file of Turnscope/)
  })

  it('a few bytes', async () => {
    await writeFile(path(), 'diary')
    await expectRefusal('foreign', /is not a data file of Turnscope/)
  })

  it('the database of another program', async () => {
    await makeDatabase('CREATE TABLE recipes (name VARCHAR)', "INSERT INTO recipes VALUES ('soup')")
    await expectRefusal('foreign', /is not a data file of Turnscope/)
  })

  it('the database of another program, put where ours was', async () => {
    await (await openDataFile({ directory })).close()
    await rm(path())
    await makeDatabase('CREATE TABLE recipes (name VARCHAR)', 'CHECKPOINT')
    await expectRefusal('foreign', /is not a data file of Turnscope/)
  })

  it('a damaged database', async () => {
    await (await openDataFile({ directory })).close()
    const bytes = await readFile(path())
    bytes.fill(0x5a, 4096, 12_000)
    await writeFile(path(), bytes)
    await expectRefusal('damaged', /is damaged and cannot be opened/)
  })

  it('one that a later version wrote', async () => {
    await (await openDataFile({ directory, steps: [...STEPS, []] })).close()
    await expectRefusal(
      'newer',
      new RegExp(`has version ${STEPS.length + 1}.*versions up to ${STEPS.length}`),
    )
    await rm(join(directory, 'turnscope-store.json'))
    await expectRefusal('newer', /has version/)
  })

  it('one that another process holds', async () => {
    const script = fileURLToPath(new URL('../testing/hold-file-child.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script, directory], { stdio: 'pipe' })
    try {
      await once(child.stdout, 'data')
      const error = await openDataFile({ directory }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ kind: 'held' })
      expect((error as StoreError).message).toContain(`is in use by another process (${child.pid})`)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await (await openDataFile({ directory })).close()
  })

  it('one that is open in this process', async () => {
    const open = await openDataFile({ directory })
    await expect(openDataFile({ directory })).rejects.toMatchObject({ kind: 'held' })
    open.close()
    await (await openDataFile({ directory })).close()
  })

  it('a directory that cannot be made', async () => {
    await writeFile(join(directory, 'file'), '')
    await expect(openDataFile({ directory: join(directory, 'file', 'sub') })).rejects.toMatchObject({
      kind: 'unreadable',
    })
  })
})

describe('the schema', () => {
  it('is brought up step by step, and what was stored stays', async () => {
    const first = await openDataFile({ directory, steps: [['CREATE TABLE notes (text VARCHAR)']] })
    const connection = await first.instance.connect()
    await connection.run("INSERT INTO notes VALUES ('kept')")
    connection.disconnectSync()
    first.close()
    const steps = [
      ['CREATE TABLE notes (text VARCHAR)'],
      ['ALTER TABLE notes ADD COLUMN length INTEGER', 'UPDATE notes SET length = length(text)'],
      ['CREATE TABLE more (n INTEGER)'],
    ]
    const later = await openDataFile({ directory, steps })
    const reader = await later.instance.connect()
    expect(await identify(reader)).toEqual({ version: 3 })
    expect((await reader.runAndReadAll('SELECT text, length FROM notes')).getRowsJS()).toEqual([['kept', 4]])
    reader.disconnectSync()
    later.close()
  })

  it('stays at the version before a step that fails', async () => {
    const steps = [['CREATE TABLE notes (text VARCHAR)'], ['CREATE TABLE other (n INTEGER)', 'NO SQL AT ALL']]
    await expect(openDataFile({ directory, steps })).rejects.toBeInstanceOf(StoreError)
    const again = await openDataFile({ directory, steps: steps.slice(0, 1) })
    const reader = await again.instance.connect()
    expect(await identify(reader)).toEqual({ version: 1 })
    const tables = await reader.runAndReadAll('SELECT table_name FROM duckdb_tables() ORDER BY 1')
    expect(tables.getRowsJS()).toEqual([['notes'], ['turnscope_store']])
    reader.disconnectSync()
    again.close()
  })

  it('has the columns that are written, in their order', async () => {
    const file = await openDataFile({ directory })
    const connection = await file.instance.connect()
    const columns = await connection.runAndReadAll(
      "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'traces' ORDER BY column_index",
    )
    expect(columns.getRowsJS()).toEqual([
      ...TRACE_COLUMNS.map(([name, type]) => [name, type]),
      ['first_text', 'BIGINT'],
      ['last_text', 'BIGINT'],
      ...LATER_COLUMNS.map(([name, type]) => [name, type]),
    ])
    connection.disconnectSync()
    file.close()
  })
})

describe('the folder and its files', () => {
  const modeOf = async (name: string) => (await stat(join(directory, name))).mode & 0o777
  const openAndClose = async () => (await openDataFile({ directory })).close()

  it('are for their owner alone, also where they were not', async () => {
    await openAndClose()
    for (const name of ['', ...(await readdir(directory))])
      await chmod(join(directory, name), name ? 0o644 : 0o755)
    await openAndClose()
    expect(await modeOf('')).toBe(0o700)
    for (const name of await readdir(directory)) expect(await modeOf(name), name).toBe(0o600)
  })

  it('keep the folder as it is where other files stand in it', async () => {
    await chmod(directory, 0o755)
    await writeFile(join(directory, 'notes.txt'), '', { mode: 0o644 })
    await openAndClose()
    expect(await modeOf('')).toBe(0o755)
    expect(await modeOf('notes.txt')).toBe(0o644)
    expect(await modeOf('traces.duckdb')).toBe(0o600)
  })

  it('are made for the owner alone', async () => {
    directory = join(directory, 'new', 'data')
    await openAndClose()
    expect(await modeOf('')).toBe(0o700)
  })

  it('are left as they are where the store is opened for reading', async () => {
    await openAndClose()
    await chmod(directory, 0o755)
    ;(await openDataFile({ directory, readOnly: true })).close()
    expect(await modeOf('')).toBe(0o755)
  })
})
