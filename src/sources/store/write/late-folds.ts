import type { TraceId } from '../../../domain/model/units.ts'

/** The longest that a list shows a large trace as it was before its newest spans. */
const STALE_MS = 1_000
/** The longest wait between tries while rows cannot be written, as on a full disk. */
const LONGEST_WAIT_MS = 60_000

/**
 * Remembers large traces whose rows are behind, and has them written within a second or when asked. What
 * cannot be written is tried again, ever less often, until it can.
 */
export class LateFolds {
  readonly #behind = new Set<TraceId>()
  readonly #underWay = new Map<TraceId, Promise<void>>()
  readonly #write: (ids: readonly TraceId[]) => Promise<void>
  readonly #failed: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null
  #wait = STALE_MS
  #closed = false

  constructor(write: (ids: readonly TraceId[]) => Promise<void>, failed: (error: unknown) => void) {
    this.#write = write
    this.#failed = failed
  }

  add(ids: readonly TraceId[]): void {
    for (const id of ids) this.#behind.add(id)
    if (this.#closed || this.#behind.size === 0) return
    this.#timer ??= setTimeout(() => void this.#due(), this.#wait)
  }

  /**
   * Resolves when the trace's row covers the spans that were there at the call, or could not be written: its
   * spans are found all the same.
   */
  async settle(id: TraceId): Promise<void> {
    await this.#underWay.get(id)
    if (this.#behind.has(id)) await this.#now([id]).catch(this.#failed)
  }

  /** Resolves when the rows that are behind now are written. Rejects where they cannot be. */
  async caughtUp(): Promise<void> {
    await Promise.all(this.#underWay.values())
    await this.#now([...this.#behind])
  }

  /** Rejects where rows could not be written; they are then left for the next start. */
  async settleAll(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await Promise.all(this.#underWay.values())
    await this.#now([...this.#behind])
  }

  async #due(): Promise<void> {
    this.#timer = null
    await this.#now([...this.#behind]).catch(this.#failed)
  }

  async #now(ids: readonly TraceId[]): Promise<void> {
    if (ids.length === 0) return
    const written = this.#write(ids)
    const ended = written.catch(() => {})
    for (const id of ids) {
      this.#behind.delete(id)
      this.#underWay.set(id, ended)
    }
    try {
      await written
      this.#wait = STALE_MS
    } catch (error) {
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS)
      this.add(ids)
      throw error
    } finally {
      for (const id of ids) if (this.#underWay.get(id) === ended) this.#underWay.delete(id)
    }
  }
}
