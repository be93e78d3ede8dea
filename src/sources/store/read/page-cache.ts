import type { Connections, ResultRow, Run } from '../engine/connections.ts'
import { constant } from '../sql/sql.ts'

const MIB = 1024 ** 2
/** What a stream may add to the engine's pages of the file before they are given back. */
const MOST_ADDED = 32 * MIB
/** What stays of it, so that a question that runs at the same time finds memory all the same. */
const KEPT = 24 * MIB

const USAGE = constant(
  `SELECT coalesce(sum(memory_usage_bytes) FILTER (tag = 'BASE_TABLE'), 0)::DOUBLE AS pages,
    coalesce(sum(memory_usage_bytes), 0)::DOUBLE AS total, current_setting('memory_limit') AS bound
  FROM duckdb_memory()`,
)

const usageOf = (row: ResultRow | undefined) => ({
  pages: Number(row?.pages ?? 0),
  total: Number(row?.total ?? 0),
})

/**
 * The engine keeps every page it has read until its limit is reached: one export of a large store would fill
 * it with texts that nobody asks for again. A limit that is lowered for a moment makes it let go of the pages
 * that were used the longest time ago.
 */
export class PageCache {
  readonly #connections: Connections
  /** The limit as the engine words it; rounded, so that it is asked for once only. */
  #bound: string | null = null
  #trimming = false

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** How many bytes of pages are held. */
  async pages(signal: AbortSignal): Promise<number> {
    const [row] = await this.#connections.read(signal, (run) => run(USAGE))
    this.#bound ??= String(row?.bound)
    return usageOf(row).pages
  }

  /**
   * Gives back what a stream added, where that is much. `before`: the pages held when it began, in bytes.
   * Not to be aborted, whatever becomes of the stream: the limit would stay low.
   */
  async trim(before: number): Promise<void> {
    const bound = this.#bound
    if (this.#trimming || bound === null) return
    this.#trimming = true
    try {
      await this.#connections.read(new AbortController().signal, (run) => lowered(run, bound, before))
    } finally {
      this.#trimming = false
    }
  }
}

async function lowered(run: Run, bound: string, before: number): Promise<void> {
  const { pages, total } = usageOf((await run(USAGE))[0])
  if (pages <= before + MOST_ADDED) return
  const low = Math.ceil((total - pages + before + KEPT) / MIB)
  try {
    // Pages in use cannot be let go: that is no failure of the stream.
    await run(constant(`SET memory_limit = '${low}MiB'`)).catch(() => undefined)
  } finally {
    await run(constant(`SET memory_limit = '${bound}'`))
  }
}
