import type { TraceId } from '../../domain/units.ts'

/** The longest that a list shows a large trace as it was before its newest spans. */
const STALE_MS = 1_000

/** Remembers large traces whose rows are behind, and has them written within a second or when asked. */
export class LateFolds {
  readonly #behind = new Set<TraceId>()
  readonly #write: (ids: readonly TraceId[]) => Promise<void>
  readonly #failed: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null

  constructor(write: (ids: readonly TraceId[]) => Promise<void>, failed: (error: unknown) => void) {
    this.#write = write
    this.#failed = failed
  }

  add(ids: readonly TraceId[]): void {
    for (const id of ids) this.#behind.add(id)
    if (this.#behind.size > 0) this.#timer ??= setTimeout(() => void this.#due(), STALE_MS)
  }

  /** Resolves when the trace's row covers all its spans. */
  async settle(id: TraceId): Promise<void> {
    if (this.#behind.has(id)) await this.#now([id])
  }

  async settleAll(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.#now([...this.#behind])
  }

  async #due(): Promise<void> {
    this.#timer = null
    await this.#now([...this.#behind]).catch(this.#failed)
  }

  async #now(ids: readonly TraceId[]): Promise<void> {
    if (ids.length === 0) return
    for (const id of ids) this.#behind.delete(id)
    try {
      await this.#write(ids)
    } catch (error) {
      for (const id of ids) this.#behind.add(id)
      throw error
    }
  }
}
