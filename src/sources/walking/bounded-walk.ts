import type { TraceSummary } from '../../domain/model/trace.ts'
import { type Micros, microsFromMillis, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { Bounds, Scanned, TraceSource } from '../../domain/port/trace-source.ts'
import { freeze } from '../../domain/query/match.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../domain/query/trace-query.ts'

/** How far an answer may look. Whichever comes first ends it. */
export interface Budget {
  /** Matching traces to read at most. */
  readonly traces: number
  /** Pages to ask for at most: a source that matches while walking may give empty ones. */
  readonly pages: number
  /** How long it may take. */
  readonly ms: number
}

export const DEFAULT_BUDGET: Budget = { traces: 2000, pages: 60, ms: 20_000 }

/** The newest traces of a query, up to a budget. */
export interface Walk {
  /** As asked, with bounds that do not move. */
  readonly query: TraceQuery
  readonly summaries: readonly TraceSummary[]
  readonly scanned: Scanned
  /** Why it is not the whole; absent where it is. */
  readonly stopped?: { readonly by: 'traces' | 'pages' | 'time' | 'backend'; readonly fact: string }
  /** What the source said of its own pages. */
  readonly problems: readonly string[]
}

/** What stands beside an answer that a walk gave. */
export const boundsOf = ({ scanned, stopped, problems }: Walk): Bounds => {
  const facts = stopped ? [stopped.fact, ...problems] : problems
  return { scanned, ...(facts.length > 0 && { problems: facts }) }
}

const wider = (sum: Scanned | undefined, next: Scanned): Scanned => ({
  traces: (sum?.traces ?? 0) + next.traces,
  from: next.from ?? sum?.from ?? null,
  to: sum?.to ?? next.to,
  complete: next.complete,
})

/** What was looked at, from the rows given alone: for sources that do not say. */
const lookedAt = (summaries: readonly TraceSummary[], complete: boolean): Scanned => {
  const starts = summaries.map(({ startTime }) => startTime)
  const edge = (pick: (a: number, b: number) => number): Micros | null =>
    starts.length === 0 ? null : (starts.reduce((a, b) => pick(a, b) as Micros) as Micros)
  return { traces: summaries.length, from: edge(Math.min), to: edge(Math.max), complete }
}

const numbered = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`

/**
 * The newest traces of a query, each once. What a budget or a failing backend ends is given as far as it got;
 * where nothing was read at all, the failure is thrown.
 */
export async function boundedWalk(
  source: Pick<TraceSource, 'listTraces'>,
  query: TraceQuery,
  budget: Budget,
  signal: AbortSignal,
): Promise<Walk> {
  const frozen: TraceQuery = { ...freeze(query, microsFromMillis(Date.now())), sort: NEWEST_FIRST }
  const deadline = AbortSignal.timeout(budget.ms)
  const either = AbortSignal.any([signal, deadline])
  const found = new Map<TraceId, TraceSummary>()
  const problems = new Set<string>()
  let told: Scanned | undefined
  let cursor: string | undefined
  let stopped: Walk['stopped']
  for (let pages = 0; stopped === undefined; pages++) {
    if (found.size >= budget.traces) {
      stopped = { by: 'traces', fact: `there are more than the newest ${numbered(budget.traces, 'trace')}` }
      break
    }
    if (pages >= budget.pages) {
      stopped = { by: 'pages', fact: `looking stopped after ${numbered(pages, 'call')}` }
      break
    }
    const limit = Math.min(1000, budget.traces - found.size)
    try {
      const page = await source.listTraces(
        frozen,
        cursor === undefined ? { limit } : { limit, cursor },
        either,
      )
      for (const summary of page.items) found.set(summary.traceId, summary)
      for (const problem of page.problems ?? []) problems.add(problem)
      if (page.scanned !== undefined) told = wider(told, page.scanned)
      cursor = page.nextCursor
    } catch (error) {
      stopped = stoppedBy(error, signal, deadline, pages, budget)
    }
    if (cursor === undefined) break
  }
  const complete = stopped === undefined
  const summaries = [...found.values()]
  return {
    query: frozen,
    summaries,
    scanned: told === undefined ? lookedAt(summaries, complete) : { ...told, complete },
    problems: [...problems],
    ...(stopped && { stopped }),
  }
}

function stoppedBy(
  error: unknown,
  signal: AbortSignal,
  deadline: AbortSignal,
  pages: number,
  { ms }: Budget,
): NonNullable<Walk['stopped']> {
  signal.throwIfAborted()
  if (deadline.aborted) {
    const fact = `looking stopped after ${numbered(Math.ceil(ms / 1000), 'second')}`
    if (pages === 0) throw new SourceError('timeout', fact, { cause: error })
    return { by: 'time', fact }
  }
  if (pages === 0 || !(error instanceof SourceError)) throw error
  return { by: 'backend', fact: error.message }
}
