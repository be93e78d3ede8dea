import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { LogRecord } from '../../../domain/model/span.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { IngestedEvent } from '../../../formats/langfuse/ingested-event.ts'
import type { EncodedSpan } from '../columns/encoded-span.ts'
import type { EncodedTurn } from './turn-writer.ts'

/** What one caller wants written. */
export interface Delivery {
  readonly spans: readonly EncodedSpan[]
  readonly logs: readonly LogRecord[]
  readonly turns: readonly EncodedTurn[]
  readonly feedback: readonly GivenFeedback[]
  /** Parts of traces and observations, which are merged with what is known of them. */
  readonly events: readonly IngestedEvent[]
}

export const NOTHING: Delivery = { spans: [], logs: [], turns: [], feedback: [], events: [] }

export const sumOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

interface Queued extends Delivery {
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Small deliveries wait this long for company: every transaction costs one flush to disk. */
const GATHER_MS = 3
const COMPANY = 500
/** Spans and bytes of one transaction: enough to be fast, little enough that no caller waits long. */
const MAX_SPANS = 5_000
const MAX_BYTES = 16 * 1024 ** 2
const RETRY_AFTER_MS = 1_000

export interface WriteQueueOptions {
  readonly maxBytes: number
  /** Writes all deliveries in one transaction, or none. */
  readonly commit: (deliveries: readonly Delivery[]) => Promise<void>
}

/** Gathers deliveries into transactions; each is answered after the commit that holds it. */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #queue: Queued[] = []
  #bytes = 0
  #busySince: number | null = null
  #busyMs = 0
  #draining: Promise<void> | null = null

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /**
   * Counts bytes that are about to come; give them back with `release`. Throws SourceError `rate-limited`
   * where too much is under way. One delivery is always let in, however large: `held` of the bytes are its own
   * already.
   */
  reserve(bytes: number, held = 0): void {
    if (this.#bytes > held && this.#bytes + bytes > this.#options.maxBytes) {
      throw new SourceError('rate-limited', 'more is arriving than can be written', {
        retryAfterMs: RETRY_AFTER_MS,
      })
    }
    this.#bytes += bytes
    this.#look()
  }

  release(bytes: number): void {
    this.#bytes -= bytes
    this.#look()
  }

  /** How long anything has been under way so far, in ms. */
  get busyMs(): number {
    return this.#busyMs + (this.#busySince === null ? 0 : performance.now() - this.#busySince)
  }

  #look(): void {
    if (this.#bytes > 0) this.#busySince ??= performance.now()
    else if (this.#busySince !== null) {
      this.#busyMs += performance.now() - this.#busySince
      this.#busySince = null
    }
  }

  /** Resolves after the commit. */
  submit(delivery: Delivery, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...delivery, bytes, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#draining) await this.#draining
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#waiting() < COMPANY) await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
      await this.#write(this.#take())
    }
    this.#draining = null
  }

  #waiting(): number {
    let count = 0
    for (const { spans, turns, feedback, events } of this.#queue)
      count += spans.length + turns.length + feedback.length + events.length
    return count
  }

  #take(): Queued[] {
    const group: Queued[] = []
    let spans = 0
    let bytes = 0
    for (const one of this.#queue) {
      if (group.length > 0 && (spans + one.spans.length > MAX_SPANS || bytes + one.bytes > MAX_BYTES)) break
      group.push(one)
      spans += one.spans.length
      bytes += one.bytes
    }
    this.#queue.splice(0, group.length)
    return group
  }

  async #write(group: readonly Queued[]): Promise<void> {
    try {
      await this.#options.commit(group)
      for (const { resolve } of group) resolve()
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error)
      // One delivery must not fail for what came with it.
      else for (const one of group) await this.#write([one])
    }
  }
}
