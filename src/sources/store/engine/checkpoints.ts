import { stat } from 'node:fs/promises'

/** About what is replayed within a start of one second. */
const MOST_BYTES = 96 * 1024 ** 2
/** Not worth the work before the store is closed. */
const LEAST_BYTES = 1024 ** 2
const IDLE_MS = 3_000

export interface CheckpointOptions {
  readonly walPath: string
  /** The log grows no longer than this; by default 96 MiB. */
  readonly mostBytes?: number | undefined
  /** Moves the log into the data file; runs with the writer to itself. */
  readonly checkpoint: () => Promise<void>
  readonly log: (line: string) => void
}

/** Decides when the write-ahead log goes into the data file: when nothing arrives, or when it grows too long. */
export class Checkpoints {
  readonly #options: CheckpointOptions
  #idle: NodeJS.Timeout | null = null

  constructor(options: CheckpointOptions) {
    this.#options = options
  }

  /** After each commit. Resolves when the log is short enough to go on. */
  async committed(): Promise<void> {
    this.stop()
    if ((await this.#size()) > (this.#options.mostBytes ?? MOST_BYTES)) await this.#run()
    else this.#idle = setTimeout(() => void this.#whenIdle(), IDLE_MS).unref()
  }

  stop(): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = null
  }

  async #whenIdle(): Promise<void> {
    if ((await this.#size()) > LEAST_BYTES) await this.#run()
  }

  async #run(): Promise<void> {
    // What was committed is safe in the log, so a checkpoint that fails is tried again later.
    await this.#options.checkpoint().catch((error) => this.#options.log(`store: no checkpoint: ${error}`))
  }

  #size(): Promise<number> {
    return stat(this.#options.walPath).then(
      ({ size }) => size,
      () => 0,
    )
  }
}
