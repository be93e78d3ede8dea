import { type Micros, microsFromMillis, type TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceInfo, SourceState } from '../../domain/port/source-info.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { type HeldTrace, rowOfHeld, traceOfHeld, wholeRow } from '../sample/held-rows.ts'
import type { WindowReply } from '../walking/time-windows.ts'
import { walkListing } from '../walking/walked-listing.ts'

const INFO: SourceInfo = {
  id: 'fake',
  label: 'A backend of four calls',
  kind: 'fake',
  about: 'a test’s own',
  capabilities: {
    sorts: [],
    ascending: false,
    filters: [],
    text: false,
    costs: {
      count: 'walk',
      histogram: 'walk',
      suggest: 'walk',
      sessions: 'walk',
      chatbots: 'walk',
      aggregate: 'walk',
    },
    payloads: 'single',
    pollMs: 15_000,
  },
}

const LIMITS = {
  firstWidth: 6 * 3_600e6,
  longestWidth: 86_400e6 * 3650,
  depth: 60,
  mostDepth: 960,
  calls: 30,
}

/**
 * The least that a backend is: it says which traces have a span in a stretch of time, some of them where there
 * are too many, in no order; and it gives a trace by its id. All else is the platform's.
 */
export class FakeBackend implements TraceSource {
  readonly info = INFO
  readonly held = new Map<TraceId, HeldTrace>()
  /** Calls to the backend so far. */
  calls = 0
  /** What the backend answers with instead, where it is made to fail. */
  failure: SourceError | undefined
  readonly #clock: () => number

  constructor(traces: readonly HeldTrace[], clock: () => number) {
    this.#clock = clock
    this.add(traces)
  }

  add(traces: readonly HeldTrace[]): void {
    for (const trace of traces) this.held.set(trace.traceId, trace)
  }

  listTraces: TraceSource['listTraces'] = (query, page, signal) =>
    walkListing(
      {
        scope: INFO.id,
        limits: LIMITS,
        clock: this.#clock,
        read: (window, _query, aborted) => this.#search(window, aborted),
      },
      query,
      page,
      signal,
    )

  getTrace: TraceSource['getTrace'] = async (id, signal) =>
    traceOfHeld(await this.#find(id, signal), INFO.id, this.#now())

  getSpans: TraceSource['getSpans'] = async (id, signal) => {
    const held = await this.#find(id, signal)
    const { status } = rowOfHeld(held, this.#now()).summary
    return { spans: held.reading.outlines, complete: status !== 'pending' }
  }

  getSpan: TraceSource['getSpan'] = async (id, span, signal) => {
    const held = await this.#find(id, signal)
    const found = held.spans.find(({ spanId }) => spanId === span)
    if (!found) throw new SourceError('not-found', `no span ${span} in trace ${id}`)
    return held.detail(found)
  }

  state = (): SourceState => ({ reachable: this.failure === undefined, checkedAt: this.#now() })

  #now = (): Micros => microsFromMillis(this.#clock())

  async #begin(signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    this.calls++
    if (this.failure) throw this.failure
  }

  async #find(id: TraceId, signal: AbortSignal): Promise<HeldTrace> {
    signal.throwIfAborted()
    await this.#begin(signal)
    const held = this.held.get(id)
    if (!held) throw new SourceError('not-found', `no trace ${id}`)
    return held
  }

  async #search(
    window: { from: Micros; to: Micros; limit: number },
    signal: AbortSignal,
  ): Promise<WindowReply> {
    await this.#begin(signal)
    const now = this.#now()
    const inside = (at: number) => at >= window.from && at < window.to
    const all = [...this.held.values()].filter(
      ({ spans, reading }) =>
        inside(reading.summary.startTime) || spans.some(({ startTime }) => inside(startTime)),
    )
    const rows = all
      .slice(0, window.limit)
      .map((held) => ({ row: rowOfHeld(held, now), whole: wholeRow(held, now) }))
    return { rows, coveredFrom: rows.length < window.limit ? window.from : window.to }
  }
}
