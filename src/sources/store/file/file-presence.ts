import { stat } from 'node:fs/promises'

interface Place {
  readonly device: number
  readonly file: number
}

const placeOf = (path: string): Promise<Place | null> =>
  stat(path).then(
    ({ dev, ino }) => ({ device: dev, file: ino }),
    () => null,
  )

const isSame = (one: Place | null, other: Place | null): boolean =>
  one !== null && other !== null && one.file === other.file && one.device === other.device

/** What is no longer at its path: the data file (or its directory), or the log beside it alone. */
export type Absence = 'data' | 'log'

/**
 * Whether the files that the engine has open are still those at their paths. Deleted or moved away, they take
 * writes without an error, into nothing. Looked at by name: to open and close a file here would end the
 * engine's lock on it.
 */
export class FilePresence {
  readonly #path: string
  readonly #walPath: string
  readonly #data: Place | null
  #wal: Place | null = null

  private constructor(path: string, walPath: string, data: Place | null) {
    this.#path = path
    this.#walPath = walPath
    this.#data = data
  }

  static async of(path: string, walPath: string): Promise<FilePresence> {
    return new FilePresence(path, walPath, await placeOf(path))
  }

  /** Whether the data file is where it was; true where there was none. */
  async hasData(): Promise<boolean> {
    return this.#data === null || isSame(await placeOf(this.#path), this.#data)
  }

  /** What is missing, or null: two look-ups, some microseconds. Never while a checkpoint runs. */
  async missing(): Promise<Absence | null> {
    const [data, wal] = await Promise.all([placeOf(this.#path), placeOf(this.#walPath)])
    if (this.#data !== null && !isSame(data, this.#data)) return 'data'
    if (this.#wal !== null && !isSame(wal, this.#wal)) return 'log'
    this.#wal = wal
    return null
  }

  /** After a checkpoint the log begins anew. */
  logEnded(): void {
    this.#wal = null
  }
}
