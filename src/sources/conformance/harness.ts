import { expect } from 'vitest'
import type { TraceRow, TraceSummary } from '../../domain/model/trace.ts'
import { type Micros, microsFromMillis, type TraceId } from '../../domain/model/units.ts'
import type { Capabilities } from '../../domain/port/source-info.ts'
import type { Page, TraceSource } from '../../domain/port/trace-source.ts'
import { compileQuery } from '../../domain/query/match.ts'
import { compareRows } from '../../domain/query/order.ts'
import type { FilterCondition, Sort, TraceQuery } from '../../domain/query/trace-query.ts'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { type HeldTrace, rowOfHeld, wholeRow } from '../sample/held-rows.ts'
import type { Losses } from './losses.ts'

/** A source that holds the traces it was opened with. */
export interface Opened {
  readonly source: TraceSource
  /** Adds traces; they are there when this resolves. */
  readonly insert?: (traces: readonly HeldTrace[]) => Promise<void>
  /** The same traces through a new process or connection. The old source is not used any more. */
  readonly reopen?: () => Promise<TraceSource>
  readonly close: () => Promise<void>
}

export type Skippable = 'insert' | 'reopen' | 'pending'

export interface Harness {
  readonly open: (traces: readonly HeldTrace[]) => Promise<Opened>
  /** What the backend does not keep, and why: listed by the suite, and compared no further. */
  readonly losses?: Losses
  /** What the source cannot do, and why. */
  readonly skips?: Partial<Record<Skippable, string>>
  /** The source's clock, milliseconds since the epoch, where it stands still. */
  readonly now?: number
}

export interface Subject {
  readonly harness: Harness
  readonly source: TraceSource
  readonly traces: readonly HeldTrace[]
  readonly now: () => number
}

export const ANY_KIND: FilterCondition = { field: 'kind', operator: 'is', values: ['any'] }
/** Everything there is, training and housekeeping too. */
export const ALL: TraceQuery = { ...EVERYTHING, conditions: [ANY_KIND] }

export const where = (...conditions: readonly FilterCondition[]): TraceQuery => ({
  ...EVERYTHING,
  conditions: [...conditions, ANY_KIND],
})

export const never = (): AbortSignal => new AbortController().signal

const MOST_PAGES = 5000

/** All pages of a listing, one after the other. */
export async function* pagesOf(
  source: TraceSource,
  query: TraceQuery,
  limit: number,
): AsyncGenerator<Page<TraceSummary>> {
  let cursor: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await source.listTraces(query, cursor === undefined ? { limit } : { limit, cursor }, never())
    expect(page.items.length).toBeLessThanOrEqual(limit)
    yield page
    cursor = page.nextCursor
    if (cursor === undefined) return
  }
  throw new Error(`a listing did not end within ${MOST_PAGES} pages`)
}

export async function walkAll(
  source: TraceSource,
  query: TraceQuery,
  limit = 1000,
): Promise<readonly TraceSummary[]> {
  const found: TraceSummary[] = []
  for await (const page of pagesOf(source, query, limit)) found.push(...page.items)
  return found
}

export const idsOf = (rows: readonly { readonly traceId: TraceId }[]): readonly TraceId[] =>
  rows.map(({ traceId }) => traceId)

/** Whether a source says that it gives this order. Newest first, every source does. */
export function sortsBy(
  { sorts, ascending }: Pick<Capabilities, 'sorts' | 'ascending'>,
  { field, descending }: Sort,
): boolean {
  if (field === 'startTime' && descending) return true
  return sorts.includes(field) && (descending || ascending)
}

/** Rows as of one moment, made once: each query is held against all of them. */
const made = new WeakMap<
  HeldTrace,
  { readonly now: Micros; readonly row: TraceRow; readonly whole: TraceRow }
>()
function rowsOf(held: HeldTrace, now: Micros) {
  const known = made.get(held)
  if (known?.now === now) return known
  const rows = { now, row: rowOfHeld(held, now), whole: wholeRow(held, now) }
  made.set(held, rows)
  return rows
}

/** What a listing must give, by the rules of domain/. */
export function expectedRows(subject: Subject, query: TraceQuery, traces = subject.traces) {
  const now = microsFromMillis(subject.now())
  const answers = compileQuery(query, now)
  const compare = compareRows(query.sort)
  return traces
    .map((held) => rowsOf(held, now))
    .filter(({ whole }) => answers(whole))
    .map(({ row }) => row)
    .sort((a, b) => compare(a.summary, b.summary))
}

export const expectedIds = (subject: Subject, query: TraceQuery): readonly TraceId[] =>
  expectedRows(subject, query).map(({ summary }) => summary.traceId)

const sorted = (values: readonly string[]): readonly string[] => [...values].sort()

/** Lists whose order says nothing are put in one; absent and undefined are the same. */
export const comparable = <Summary extends TraceSummary>(summary: Summary): Summary => ({
  ...summary,
  tags: sorted(summary.tags),
  services: sorted(summary.services),
  feedback: [...summary.feedback].sort((a, b) => (a.name < b.name ? -1 : 1)),
  metrics: {
    ...summary.metrics,
    ...(summary.metrics.partial && { partial: sorted(summary.metrics.partial) }),
    ...(summary.metrics.estimated && { estimated: sorted(summary.metrics.estimated) }),
  },
})
