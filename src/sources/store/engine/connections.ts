import type { DuckDBConnection, DuckDBInstance, DuckDBMaterializedResult } from '@duckdb/node-api'
import { SourceError } from '../../../domain/port/source-error.ts'
import { bindings, type Fragment } from '../sql/sql.ts'

/** One row of a reply; whole numbers come as numbers. */
export type ResultRow = Readonly<Record<string, unknown>>
/** Runs one statement and gives all its rows. */
export type Run = (statement: Fragment) => Promise<readonly ResultRow[]>

/**
 * Each running query holds a thread of Node's pool of four, which files and name look-ups share:
 * with the writer's one, three readers leave none too few.
 */
const READERS = 3
/** An interrupt that arrives between preparing and running is lost, so it is repeated until the query ends. */
const INTERRUPT_EVERY_MS = 10

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

function rowsOf(names: readonly string[], rows: readonly (readonly unknown[])[]): ResultRow[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {}
    for (const [index, name] of names.entries()) row[name] = plain(values[index])
    return row
  })
}

export async function runOn(connection: DuckDBConnection, statement: Fragment): Promise<ResultRow[]> {
  const { values, types } = bindings(statement)
  const reader = await connection.runAndReadAll(statement.text, values, types)
  return rowsOf(reader.columnNames(), reader.getRowsJS())
}

/** The first column of a reply that the engine holds, made as it is asked for, about 2,000 texts at a time. */
export type Texts = AsyncIterable<readonly string[]>

async function* textsOf(result: DuckDBMaterializedResult): AsyncGenerator<readonly string[]> {
  for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
    yield chunk.getColumnValues(0) as readonly string[]
  }
}

async function textsOn(connection: DuckDBConnection, statement: Fragment): Promise<Texts> {
  const { values, types } = bindings(statement)
  return textsOf(await connection.run(statement.text, values, types))
}

interface Waiting {
  readonly proceed: () => void
  readonly fail: (reason: unknown) => void
}

/** A bounded set of connections for reading. What is aborted is interrupted inside the engine. */
export class Connections {
  readonly #failed: (error: unknown) => SourceError
  readonly #inUse = new Set<DuckDBConnection>()
  #instance: DuckDBInstance
  /** Why nothing is answered for the time being. */
  #suspended: (() => SourceError) | null = null
  readonly #idle: DuckDBConnection[] = []
  readonly #waiting: Waiting[] = []
  #busy = 0
  #closed = false

  /** `failed` is told of each failure of the engine's, and gives what the question rejects with. */
  constructor(instance: DuckDBInstance, failed: (error: unknown) => SourceError) {
    this.#instance = instance
    this.#failed = failed
  }

  /**
   * Runs `work` with a connection of its own. Rejects with the signal's reason once that is aborted, and
   * with SourceError `unreachable` after `close`.
   */
  read<Result>(signal: AbortSignal, work: (run: Run) => Promise<Result>): Promise<Result> {
    return this.#with(signal, (connection) =>
      work((statement) =>
        interruptible(connection, signal, this.#failed, () => runOn(connection, statement)),
      ),
    )
  }

  /** One statement's texts, to be read at leisure: no connection is held meanwhile. */
  texts(signal: AbortSignal, statement: Fragment): Promise<Texts> {
    return this.#with(signal, (connection) =>
      interruptible(connection, signal, this.#failed, () => textsOn(connection, statement)),
    )
  }

  async #with<Result>(
    signal: AbortSignal,
    work: (connection: DuckDBConnection) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted()
    await this.#turn(signal)
    try {
      this.#assertAnswering()
      const connection = this.#idle.pop() ?? (await this.#connect())
      this.#inUse.add(connection)
      try {
        return await work(connection)
      } finally {
        this.#inUse.delete(connection)
        this.#idle.push(connection)
      }
    } finally {
      this.#busy--
      this.#waiting.shift()?.proceed()
      if (this.#closed) this.#disconnectIdle()
    }
  }

  #assertAnswering(): void {
    if (this.#closed) throw closedError()
    if (this.#suspended) throw this.#suspended()
  }

  async #connect(): Promise<DuckDBConnection> {
    return this.#instance.connect().catch((error) => {
      throw this.#failed(error)
    })
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.reject(closedError())
    if (this.#suspended) return Promise.reject(this.#suspended())
    if (this.#busy < READERS) {
      this.#busy++
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        const place = this.#waiting.indexOf(waiting)
        if (place >= 0) this.#waiting.splice(place, 1)
        reject(signal.reason)
      }
      const waiting: Waiting = {
        proceed: () => {
          signal.removeEventListener('abort', leave)
          this.#busy++
          resolve()
        },
        fail: reject,
      }
      this.#waiting.push(waiting)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #disconnectIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.disconnectSync()
  }

  /** Interrupts what runs, resolves when that has ended, and rejects questions until `resume`. */
  async suspend(reason: () => SourceError): Promise<void> {
    this.#suspended = reason
    for (const { fail } of this.#waiting.splice(0)) fail(reason())
    while (this.#busy > 0) {
      for (const connection of this.#inUse) connection.interrupt()
      await new Promise((resolve) => setTimeout(resolve, INTERRUPT_EVERY_MS))
    }
    this.#disconnectIdle()
  }

  /** Answers again, from another instance of the engine. */
  resume(instance: DuckDBInstance): void {
    this.#instance = instance
    this.#suspended = null
  }

  /** Refuses new work, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { fail } of this.#waiting.splice(0)) fail(closedError())
    while (this.#busy > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    this.#disconnectIdle()
  }
}

const closedError = () => new SourceError('unreachable', 'the store is closed')

/** The first line of what the engine says: for logs. The rest points into the statement. */
export const engineMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''

async function interruptible<Result>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  failed: (error: unknown) => SourceError,
  work: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  let again: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    again ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS)
  }
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    const result = await work()
    signal.throwIfAborted()
    return result
  } catch (error) {
    signal.throwIfAborted()
    throw failed(error)
  } finally {
    signal.removeEventListener('abort', interrupt)
    clearInterval(again)
  }
}
