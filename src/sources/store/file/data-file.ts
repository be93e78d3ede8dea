import { mkdir, open, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { keepPrivate } from './private-files.ts'
import { type Identity, identify, migrate, STEPS, type Step } from './schema.ts'
import { StoreError } from './store-error.ts'
import { openUnreplayed } from './unreplayed.ts'
import { mendWal } from './wal-recovery.ts'

export const DATA_FILE = 'traces.duckdb'
/** Says whose the data file is without opening it: opening for reading alone would replay its log twice. */
export const LABEL = 'turnscope-store.json'

export interface DataFile {
  readonly instance: DuckDBInstance
  readonly path: string
  readonly walPath: string
  /** Frees the file for others. All connections must be closed. */
  close(): void
}

export interface DataFileOptions {
  readonly directory: string
  readonly memoryLimit?: string | undefined
  readonly readOnly?: boolean | undefined
  /** For tests of migrations. */
  readonly steps?: readonly Step[]
  /** Where there must be a data file already: none is made then. */
  readonly mustExist?: boolean
  /** Told of what was damaged and set aside. */
  readonly log?: ((line: string) => void) | undefined
}

/** Files open in this process: the lock on a file only keeps other processes out. */
const openHere = new Set<string>()

const MIB = 1024 ** 2
const defaultMemoryLimit = () => `${Math.round(Math.min(totalmem() / 4, 2048 * MIB) / MIB)}MiB`

/**
 * Opens (or makes) the data file of a directory and brings it to the newest version. A log that is damaged is
 * set aside first. Rejects with a StoreError where the file is not ours, newer, held, damaged or unreadable;
 * it is then as it was before.
 */
export async function openDataFile(options: DataFileOptions): Promise<DataFile> {
  const { steps = STEPS, readOnly = false, log = () => {} } = options
  const directory = await usableDirectory(options.directory)
  const path = join(directory, DATA_FILE)
  if (openHere.has(path)) throw new StoreError('held', `${path} is already open in this process`)
  openHere.add(path)
  let instance: DuckDBInstance | undefined
  try {
    const exists = await isDatabase(path)
    if (!exists) await assertMayBegin(path, directory, options)
    const assertFree = () => assertNotHeld(path, steps)
    await mendWal({ walPath: `${path}.wal`, readOnly, assertFree, log })
    if (exists) await assertOurs(path, directory, steps)
    const inMemory = readOnly && !exists
    instance = await openInstance(inMemory ? ':memory:' : path, options, readOnly && exists)
    const connection = await instance.connect()
    try {
      await prepare(connection, path, steps, readOnly && exists)
    } finally {
      connection.disconnectSync()
    }
    if (!readOnly) {
      await writeLabel(directory, steps.length)
      await keepPrivate(directory, log)
    }
    const opened = instance
    return {
      instance: opened,
      path,
      walPath: `${path}.wal`,
      close: () => {
        opened.closeSync()
        openHere.delete(path)
      },
    }
  } catch (error) {
    instance?.closeSync()
    openHere.delete(path)
    throw asStoreError(path, error)
  }
}

async function usableDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    return await realpath(directory)
  } catch (error) {
    throw new StoreError('unreadable', `${directory} cannot be used: ${messageOf(error)}`, error)
  }
}

/** Whether there is a database; refuses what is no database at all. */
async function isDatabase(path: string): Promise<boolean> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  // A file of no bytes is what a start leaves that was killed at once.
  if (facts === null || (facts.isFile() && facts.size === 0)) return false
  if (!facts.isFile()) throw new StoreError('foreign', `${path} is not a file`)
  const handle = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(12), 0, 12, 0)
    if (bytesRead < 12 || buffer.toString('latin1', 8, 12) !== 'DUCK') {
      throw new StoreError('foreign', `${path} is not a data file of Turnscope`)
    }
  } finally {
    await handle.close()
  }
  return true
}

/** Where the data file is missing but its log is there, a new one would make the engine throw the log away. */
async function assertMayBegin(path: string, directory: string, options: DataFileOptions): Promise<void> {
  const log = await stat(`${path}.wal`).catch(() => null)
  if (options.mustExist || (log !== null && log.size > 0)) {
    throw new StoreError(
      'missing',
      `${path} is missing${log ? `, though its log of ${log.size} bytes is there` : ''}: put it back, or move the rest of ${directory} away to begin anew; nothing was changed`,
    )
  }
  if ((await readLabel(directory)) !== null) {
    options.log?.(`store: ${path} is missing, though there was one: an empty one is begun`)
  }
}

const assertNotHeld = async (path: string, steps: readonly Step[]): Promise<void> =>
  assertKnownBy(await openUnreplayed(path), path, steps)

async function assertOurs(path: string, directory: string, steps: readonly Step[]): Promise<void> {
  const labelled = await readLabel(directory)
  if (labelled !== null) return assertKnown(path, { version: labelled }, steps)
  await assertKnownBy(await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' }), path, steps)
}

/** Asks the database itself whose it is, and closes it. */
async function assertKnownBy(instance: DuckDBInstance, path: string, steps: readonly Step[]): Promise<void> {
  try {
    const connection = await instance.connect()
    try {
      assertKnown(path, await identify(connection), steps)
    } finally {
      connection.disconnectSync()
    }
  } finally {
    instance.closeSync()
  }
}

function assertKnown(path: string, identity: Identity, steps: readonly Step[]): void {
  if (identity === 'foreign') throw new StoreError('foreign', `${path} is not a data file of Turnscope`)
  if (identity !== 'empty' && identity.version > steps.length) {
    throw new StoreError(
      'newer',
      `${path} has version ${identity.version}; this Turnscope knows versions up to ${steps.length}`,
    )
  }
}

async function prepare(
  connection: DuckDBConnection,
  path: string,
  steps: readonly Step[],
  readOnly: boolean,
): Promise<void> {
  const identity = await identify(connection)
  try {
    assertKnown(path, identity, steps)
  } catch (error) {
    await connection.run('PRAGMA disable_checkpoint_on_shutdown')
    throw error
  }
  const version = identity === 'empty' || identity === 'foreign' ? 0 : identity.version
  if (readOnly && version < steps.length) {
    throw new StoreError('unreadable', `${path} has version ${version} and cannot be brought up read-only`)
  }
  await migrate(connection, version, steps)
}

function openInstance(path: string, options: DataFileOptions, readOnly: boolean): Promise<DuckDBInstance> {
  return DuckDBInstance.create(path, {
    access_mode: readOnly ? 'READ_ONLY' : 'AUTOMATIC',
    memory_limit: options.memoryLimit ?? defaultMemoryLimit(),
    temp_directory: join(options.directory, 'temporary'),
    // Checkpoints are the store's own affair (checkpoints.ts): one in the midst of ingest stalls it.
    checkpoint_threshold: '1TB',
    storage_compatibility_version: 'latest',
    // Rows picked by number are fetched alone, up to a page or batch of them; beyond 50 the engine would
    // read every text of the table instead.
    dynamic_or_filter_threshold: '2100',
    late_materialization_max_rows: '2100',
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
}

async function readLabel(directory: string): Promise<number | null> {
  try {
    const label: unknown = JSON.parse(await readFile(join(directory, LABEL), 'utf8'))
    if (typeof label !== 'object' || label === null || !('version' in label)) return null
    return typeof label.version === 'number' ? label.version : null
  } catch {
    // No label, or a damaged one: the database itself is asked then.
    return null
  }
}

async function writeLabel(directory: string, version: number): Promise<void> {
  if ((await readLabel(directory)) === version) return
  const path = join(directory, LABEL)
  await writeFile(`${path}.new`, `${JSON.stringify({ format: 'turnscope-store', version })}\n`)
  await rename(`${path}.new`, path)
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0]

/** How the engine words what went wrong, in order of precedence. */
const WORDINGS: readonly (readonly [RegExp, (path: string, detail: RegExpExecArray) => StoreError])[] = [
  [
    /set lock on file(?:.*?\(PID (\d+)\))?/is,
    (path, [, holder]) =>
      new StoreError('held', `${path} is in use by another process${holder ? ` (${holder})` : ''}`),
  ],
  [
    /newer version of DuckDB|version number (\d+), but we can only read/i,
    (path) => new StoreError('newer', `${path} was written by a later version of the engine`),
  ],
  [
    /WAL does not match|checkpoint iteration does not match/i,
    (path) =>
      new StoreError(
        'damaged',
        `${path}.wal belongs to another data file: put that one back, or move the log away; nothing was changed`,
      ),
  ],
  [
    /computed checksum|corrupt/i,
    (path) =>
      new StoreError(
        'damaged',
        `${path} is damaged and cannot be opened: nothing was changed; docs/recovering.md says what can be done`,
      ),
  ],
  [
    /not a valid DuckDB database file|serialization error/i,
    (path) => new StoreError('foreign', `${path} is damaged or not a data file of Turnscope`),
  ],
]

/** An error of the engine's as the fact that it states of a data file. */
export function asStoreError(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  for (const [wording, make] of WORDINGS) {
    const found = wording.exec(message)
    if (found) return make(path, found)
  }
  return new StoreError('unreadable', `${path} cannot be opened: ${messageOf(error)}`, error)
}
