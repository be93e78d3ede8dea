/** How far an export is. `total` is in traces, absent where it is not known. */
export interface ExportProgress {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly traces: number
  readonly rows: number
  readonly total?: number
  /** Why it failed. */
  readonly message?: string
  /** Why the file does not hold everything that answers the query: of which stretches of time not. */
  readonly gaps?: readonly string[]
}

/** One export as the route that writes it sees it. */
export interface TrackedExport {
  /** Aborted when the export is cancelled. */
  readonly signal: AbortSignal
  wrote(traces: number, rows: number): void
  settle(state: 'done' | 'cancelled'): void
  fail(message: string): void
  /** Notes why not everything of a stretch of time is in it. */
  lacks(fact: string): void
}

/** Facts that are kept of one export. */
const MOST_GAPS = 20

/** Ended exports that are remembered, so that a page can learn how its own ended. */
const MOST = 200

/**
 * Exports that a page follows. A download is the browser's own, which tells the page nothing: the page names
 * its export and asks here how far it is.
 */
export class ExportRegister {
  readonly #exports = new Map<string, { progress: ExportProgress; abort: AbortController }>()

  /** Begins to track an export; one of the same name that was there is forgotten. */
  begin(id: string, total?: number): TrackedExport {
    const abort = new AbortController()
    const entry: { progress: ExportProgress; abort: AbortController } = {
      progress: { state: 'running', traces: 0, rows: 0, ...(total !== undefined && { total }) },
      abort,
    }
    this.#exports.delete(id)
    this.#exports.set(id, entry)
    for (const oldest of this.#exports.keys()) {
      if (this.#exports.size <= MOST) break
      this.#exports.delete(oldest)
    }
    const end = (change: Partial<ExportProgress>) => {
      // The first end stands: a cancelled stream still closes.
      if (entry.progress.state === 'running') entry.progress = { ...entry.progress, ...change }
    }
    return {
      signal: abort.signal,
      wrote: (traces, rows) => {
        const { progress } = entry
        entry.progress = { ...progress, traces: progress.traces + traces, rows: progress.rows + rows }
      },
      settle: (state) => end({ state }),
      fail: (message) => end({ state: 'failed', message }),
      lacks: (fact) => {
        const { progress } = entry
        const { gaps = [] } = progress
        if (gaps.length < MOST_GAPS && !gaps.includes(fact))
          entry.progress = { ...progress, gaps: [...gaps, fact] }
      },
    }
  }

  /** How far an export is; undefined for a name that is not known. */
  progress(id: string): ExportProgress | undefined {
    return this.#exports.get(id)?.progress
  }

  /** Stops an export: its download breaks off. Whether there was one of that name. */
  cancel(id: string): boolean {
    const entry = this.#exports.get(id)
    if (!entry) return false
    if (entry.progress.state === 'running') entry.progress = { ...entry.progress, state: 'cancelled' }
    entry.abort.abort(new DOMException('the export was cancelled', 'AbortError'))
    return true
  }
}
