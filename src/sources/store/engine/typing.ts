import type { DuckDBConnection } from '@duckdb/node-api'
import type { TraceId } from '../../../domain/model/units.ts'
import type { Reader } from '../columns/reader.ts'
import { untypedTraces } from '../read/untyped.ts'
import type { TraceState } from '../write/trace-states.ts'
import {
  type Judged,
  judgedOf,
  type Marked,
  nextMarks,
  type ReadBack,
  readBack,
  writeTyped,
} from '../write/typed-writer.ts'
import { engineMessage, type Run } from './connections.ts'
import { SpareTime } from './spare-time.ts'

/** Traces whose marks are read at once, and of those of one step; spans of one transaction, at least a trace. */
const MARKS_AT_ONCE = 8_192
const TRACES_AT_ONCE = 64
const SPANS_AT_ONCE = 2_000
/** A trace often comes in several deliveries: its rows wait so long for more of it. */
const GATHER_MS = 500
/** So many are worth a word in the log. */
const MANY = 1_000
const SHORTEST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

export interface TypingOptions {
  readonly read: <Result>(work: (run: Run) => Promise<Result>) => Promise<Result>
  /** Runs with the writer to itself. */
  readonly write: (work: (connection: DuckDBConnection) => Promise<void>) => Promise<void>
  /** What is held in memory of a trace. */
  readonly held: (id: TraceId) => TraceState | undefined
  readonly reader: Reader
  /** How long something has been under way to the store so far, in ms. */
  readonly busyMs: () => number
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/**
 * Writes the typed rows of spans behind the spans themselves, newest traces first, in the time that ingest leaves.
 * The marks in `untyped` are written in the transaction that changes a trace, and go in the one that writes its
 * rows: what is killed goes on from there. What an earlier version wrote is marked when it is brought up.
 */
export class Typing {
  readonly #options: TypingOptions
  /** Traces that changed since the step that is under way began to read. */
  readonly #changed = new Set<TraceId>()
  #queue: Marked[] = []
  readonly #waiting: (() => void)[] = []
  #isMore = true
  #wake: () => void = () => {}

  constructor(options: TypingOptions) {
    this.#options = options
  }

  /** These traces changed: called after the commit, with the writer still held, so that none is missed. */
  changed(ids: readonly TraceId[]): void {
    for (const id of ids) this.#changed.add(id)
  }

  /** There may be new marks: called after the commit. */
  wake(): void {
    this.#isMore = true
    this.#wake()
  }

  /** Resolves when no trace is marked, or nothing more is done. */
  settled(): Promise<void> {
    if (this.#options.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.wake()
    })
  }

  #settle(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Resolves once the signal says so. What fails, as on a full disk, is tried again. */
  async run(): Promise<void> {
    const { signal, log, busyMs } = this.#options
    const progress = new Progress(log)
    const spare = new SpareTime(busyMs)
    let wait = SHORTEST_WAIT_MS
    while (!signal.aborted) {
      try {
        const began = performance.now()
        if (await this.#step(progress)) await this.#pause(spare.restAfter(performance.now() - began))
        else {
          progress.end()
          if (!this.#isMore) this.#settle()
          await this.#untilWoken()
          await this.#pause(GATHER_MS)
        }
        wait = SHORTEST_WAIT_MS
      } catch (error) {
        if (signal.aborted) break
        this.#queue = []
        if (wait === SHORTEST_WAIT_MS) log(`store: columns of spans not written yet: ${engineMessage(error)}`)
        await this.#pause(wait)
        wait = Math.min(2 * wait, LONGEST_WAIT_MS)
      }
    }
    this.#settle()
  }

  #untilWoken(): Promise<void> {
    return this.#orAborted((resolve) => {
      this.#wake = resolve
      if (this.#isMore) resolve()
    })
  }

  #pause(ms: number): Promise<void> {
    return this.#orAborted((resolve) => setTimeout(resolve, ms))
  }

  #orAborted(begin: (resolve: () => void) => void): Promise<void> {
    const { signal } = this.#options
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
      else begin(end)
    })
  }

  /** Gives whether there was anything to do. */
  async #step(progress: Progress): Promise<boolean> {
    const { read, held, reader } = this.#options
    if (this.#queue.length === 0) {
      this.#isMore = false
      this.#queue = await read((run) => nextMarks(run, MARKS_AT_ONCE))
      if (this.#queue.length === 0) return false
      await progress.begin(() => read((run) => untypedTraces(run)))
    }
    const group = this.#queue.slice(0, TRACES_AT_ONCE)
    const wanting = group.filter(({ id }) => judgedOf(held(id)) === undefined)
    this.#changed.clear()
    const loaded = wanting.length === 0 ? new Map() : await read((run) => readBack(run, wanting, reader))
    for (const part of this.#partsOf(group, loaded)) await this.#write(part, loaded)
    this.#queue.splice(0, group.length)
    progress.add(group.length)
    return true
  }

  /** A trace that changed since it was read back is left to its mark. */
  #write(group: readonly Marked[], loaded: ReadonlyMap<TraceId, ReadBack>): Promise<void> {
    const { write, held } = this.#options
    return write(async (connection) => {
      const traces: [Marked, Judged][] = []
      const done: Marked[] = []
      for (const mark of group) {
        const inMemory = judgedOf(held(mark.id))
        const found = inMemory ?? (this.#changed.has(mark.id) ? 'behind' : (loaded.get(mark.id) ?? 'behind'))
        if (found === 'behind') continue
        done.push(mark)
        if (found !== 'gone') traces.push([mark, found])
      }
      await writeTyped(connection, traces, done)
      for (const { id } of done) {
        const state = held(id)
        if (state) state.typing = 'unknown'
      }
    })
  }

  *#partsOf(group: readonly Marked[], loaded: ReadonlyMap<TraceId, ReadBack>): Generator<Marked[]> {
    let part: Marked[] = []
    let spans = 0
    for (const mark of group) {
      const found = this.#options.held(mark.id) ?? loaded.get(mark.id)
      const state = typeof found === 'object' && 'state' in found ? found.state : found
      part.push(mark)
      spans += typeof state === 'object' ? state.readings.length : 0
      if (spans < SPANS_AT_ONCE) continue
      yield part
      part = []
      spans = 0
    }
    if (part.length > 0) yield part
  }
}

/** Says in the log how far it is, where there is much to do. */
class Progress {
  readonly #log: (line: string) => void
  #total = 0
  #done = 0
  #said = 0

  constructor(log: (line: string) => void) {
    this.#log = log
  }

  async begin(count: () => Promise<number>): Promise<void> {
    if (this.#total > 0) return
    this.#total = await count()
    this.#done = 0
    this.#said = 0
    if (this.#isMuch) this.#log(`store: filling the columns of spans of ${this.#total} traces, newest first`)
  }

  add(count: number): void {
    this.#done += count
    const tenths = Math.min(9, Math.floor((10 * this.#done) / this.#total))
    if (!this.#isMuch || tenths <= this.#said) return
    this.#said = tenths
    this.#log(`store: the columns of spans of ${tenths * 10} % of the traces are filled`)
  }

  end(): void {
    if (this.#isMuch) this.#log('store: the columns of all spans are filled')
    this.#total = 0
  }

  get #isMuch(): boolean {
    return this.#total >= MANY
  }
}
