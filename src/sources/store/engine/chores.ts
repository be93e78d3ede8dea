import type { DurationMicros, Micros, TraceId } from '../../../domain/model/units.ts'
import type { Reader } from '../columns/reader.ts'
import type { TraceState } from '../write/trace-states.ts'
import { engineMessage } from './connections.ts'
import type { Engine } from './engine.ts'
import { heal } from './healing.ts'
import { Retention } from './retention.ts'
import { Typing } from './typing.ts'

const RETENTION_EVERY_MS = 10 * 60_000

export interface ChoresOptions {
  readonly engine: Engine
  readonly reader: Reader
  readonly now: () => Micros
  readonly log: (line: string) => void
  readonly retention: DurationMicros | undefined
  readonly retentionConfirmed: boolean
  readonly retentionEveryMs: number | undefined
  /** What is held in memory of these traces may be wrong. */
  readonly forget: (ids: readonly TraceId[]) => void
  /** Writes the rows of traces that are marked. */
  readonly fold: (ids: readonly TraceId[]) => Promise<void>
  /** Called when the retention deleted something. */
  readonly deleted: () => Promise<void>
  /** Called when something was written. */
  readonly written: () => Promise<void>
  /** What is held in memory of a trace. */
  readonly held: (id: TraceId) => TraceState | undefined
  /** How long something has been under way to the store so far, in ms. */
  readonly busyMs: () => number
}

/**
 * What the store does beside all else: it heals what an earlier version wrote, writes the columns of spans, and
 * deletes what is older than the retention.
 */
export class Chores {
  readonly #options: ChoresOptions
  readonly #closing = new AbortController()
  readonly #retention: Retention | null
  #timer: NodeJS.Timeout | null = null
  #retaining: Promise<void> = Promise.resolve()
  #typed: Promise<void> = Promise.resolve()
  readonly #typing: Typing
  /** Resolves when nothing is left to heal. */
  healed: Promise<void> = Promise.resolve()

  constructor(options: ChoresOptions) {
    this.#options = options
    const { engine, retention } = options
    this.#typing = this.#typingOf(options)
    this.#retention =
      retention === undefined
        ? null
        : new Retention({
            get connection() {
              return engine.writer
            },
            retention,
            confirmed: options.retentionConfirmed,
            now: options.now,
            exclusive: (work) => engine.run(work),
            forget: this.#forget,
            log: options.log,
          })
  }

  /** The retention comes after the healing, so that it finds every span of a trace. */
  start(): void {
    this.healed = this.#heal().then(() => {
      if (this.#closing.signal.aborted) return
      this.#typed = this.#typing.run()
      if (this.#retention !== null) this.#retainAndGoOn(this.#retention)
    })
  }

  /** Ends what runs as soon as it can; `ended` says when. */
  stop(): void {
    this.#closing.abort()
    if (this.#timer) clearTimeout(this.#timer)
  }

  async ended(): Promise<void> {
    await this.healed
    await this.#typed
    await this.#retaining
    if (this.#timer) clearTimeout(this.#timer)
  }

  /** How chores that mend what is stored reach it. */
  get #reach() {
    const { engine, log } = this.#options
    const { signal } = this.#closing
    return {
      read: <Result>(work: Parameters<typeof engine.connections.read<Result>>[1]) =>
        engine.connections.read(signal, work),
      write: (work: (connection: typeof engine.writer) => Promise<void>) =>
        engine.run(async () => {
          signal.throwIfAborted()
          await work(engine.writer)
        }),
      forget: this.#forget,
      log,
    }
  }

  async #heal(): Promise<void> {
    try {
      await heal({ ...this.#reach, fold: this.#options.fold })
    } catch (error) {
      if (this.#closing.signal.aborted) return
      this.#options.log(`store: the check is left for the next start: ${engineMessage(error)}`)
    }
  }

  /** These traces changed: called after the commit, with the writer still held. */
  changed(ids: readonly TraceId[]): void {
    this.#typing.changed(ids)
  }

  /** There may be something to do for it. */
  committed(): void {
    this.#typing.wake()
  }

  /** Resolves when the columns of all spans are written. */
  async typed(): Promise<void> {
    await this.healed
    await this.#typing.settled()
  }

  readonly #forget = (ids: readonly TraceId[]): void => {
    this.#options.forget(ids)
    this.#typing.changed(ids)
  }

  #typingOf({ reader, held, busyMs, written }: ChoresOptions): Typing {
    const { read, write, log } = this.#reach
    return new Typing({
      read,
      write: async (work) => {
        await write(work)
        await written()
      },
      held,
      reader,
      busyMs,
      signal: this.#closing.signal,
      log,
    })
  }

  #retainAndGoOn(retention: Retention): void {
    this.#retaining = this.#retain(retention).then(() => {
      if (this.#closing.signal.aborted) return
      const every = this.#options.retentionEveryMs ?? RETENTION_EVERY_MS
      this.#timer = setTimeout(() => this.#retainAndGoOn(retention), every).unref()
    })
  }

  async #retain(retention: Retention): Promise<void> {
    const { log, deleted } = this.#options
    try {
      const gone = await retention.run(() => this.#closing.signal.aborted)
      if (gone === 0) return
      log(`store: ${gone} traces older than the retention deleted`)
      await deleted()
    } catch (error) {
      log(`store: retention: ${error}`)
    }
  }
}
