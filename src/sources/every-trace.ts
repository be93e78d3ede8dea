import type { Trace, TraceSummary } from '../domain/model/trace.ts'
import type { TraceId } from '../domain/model/units.ts'
import { SourceError } from '../domain/port/source-error.ts'
import type { Gap, TraceSource } from '../domain/port/trace-source.ts'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { pause } from './pause.ts'

export interface EveryTraceOptions {
  /** Traces asked for at the same time. */
  readonly concurrency?: number
  /** Summaries asked for at a time, 1 to 1000. */
  readonly pageSize?: number
  /** Traces given at a time. */
  readonly batchSize?: number
  /** Told of each stretch of time of which the source could not give everything. */
  readonly onGap?: (gap: Gap) => void
}

/** Repeats come where a backend pages by number while traces arrive: near each other. */
const REMEMBERED = 50_000
const ATTEMPTS = 4
const LONGEST_WAIT = 60_000

class RecentIds {
  private newer = new Set<TraceId>()
  private older = new Set<TraceId>()

  /** Whether the id is new; it is not any more after this. */
  add(id: TraceId): boolean {
    if (this.newer.has(id) || this.older.has(id)) return false
    if (this.newer.size >= REMEMBERED / 2) {
      this.older = this.newer
      this.newer = new Set()
    }
    this.newer.add(id)
    return true
  }
}

/** Asks again where the source says to come back later, so that a long export survives a limit. */
async function patiently<Reply>(ask: () => Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'rate-limited' || attempt === ATTEMPTS)
        throw error
      await pause(Math.min(LONGEST_WAIT, error.retryAfterMs ?? 1000 * 2 ** attempt), signal)
    }
  }
}

/** null where the trace is gone since it was listed, as retention does. */
const fetchTrace = async (source: TraceSource, id: TraceId, signal: AbortSignal): Promise<Trace | null> => {
  try {
    return await patiently(() => source.getTrace(id, signal), signal)
  } catch (error) {
    if (error instanceof SourceError && error.kind === 'not-found') return null
    throw error
  }
}

async function* everySummary(
  source: TraceSource,
  query: TraceQuery,
  limit: number,
  signal: AbortSignal,
  onGap: EveryTraceOptions['onGap'],
): AsyncGenerator<readonly TraceSummary[]> {
  let cursor: string | undefined
  do {
    const page = await patiently(
      () => source.listTraces(query, cursor === undefined ? { limit } : { limit, cursor }, signal),
      signal,
    )
    for (const gap of page.gaps ?? []) onGap?.(gap)
    yield page.items
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

async function* byFetching(
  source: TraceSource,
  query: TraceQuery,
  signal: AbortSignal,
  { concurrency = 6, pageSize = 200, batchSize = 50, onGap }: EveryTraceOptions,
): AsyncGenerator<readonly Trace[]> {
  // Whoever stops reading leaves no call behind.
  const leaving = new AbortController()
  const both = AbortSignal.any([signal, leaving.signal])
  const seen = new RecentIds()
  const running: Promise<Trace | null>[] = []
  let batch: Trace[] = []
  const take = async () => {
    const trace = await running.shift()
    if (trace) batch.push(trace)
  }
  try {
    for await (const summaries of everySummary(source, query, pageSize, both, onGap)) {
      for (const { traceId } of summaries) {
        if (!seen.add(traceId)) continue
        if (running.length >= concurrency) await take()
        const fetched = fetchTrace(source, traceId, both)
        // Awaited in its turn; until then a failure is not an unhandled one.
        fetched.catch(() => {})
        running.push(fetched)
        if (batch.length >= batchSize) {
          yield batch
          batch = []
        }
      }
    }
    while (running.length > 0) await take()
    signal.throwIfAborted()
    if (batch.length > 0) yield batch
  } finally {
    leaving.abort()
  }
}

/**
 * Every trace that answers the query, whole, in the query's order, in batches, at constant memory. Natively
 * where the source streams, else page by page with a bounded number of calls at a time. A trace that comes
 * twice is given once; one that is gone by the time it is fetched is left out. Any other failure is thrown:
 * what was given before is then not all there is.
 */
export async function* everyTrace(
  source: TraceSource,
  query: TraceQuery,
  signal: AbortSignal,
  options: EveryTraceOptions = {},
): AsyncGenerator<readonly Trace[]> {
  signal.throwIfAborted()
  const batches = source.streamTraces?.(query, signal) ?? byFetching(source, query, signal, options)
  for await (const batch of batches) {
    yield batch
    signal.throwIfAborted()
  }
}
