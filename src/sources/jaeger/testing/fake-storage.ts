import type { Span } from '../../../domain/model/span.ts'
import { microsFromMillis, type TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { JaegerApi } from '../jaeger-source.ts'
import type { Search } from '../query-api.ts'

/** Storages as they are documented to pick traces under a limit. */
export const STORAGES = ['memory', 'badger', 'cassandra', 'elasticsearch', 'clickhouse'] as const
export type Storage = (typeof STORAGES)[number]

interface Held {
  readonly traceId: TraceId
  readonly spans: readonly Span[]
}

const SPANS_A_TRACE = 3

/** Jaeger's query API over traces in memory, with the manners of one storage. */
export class FakeStorage implements JaegerApi {
  readonly held: Held[] = []
  searches = 0
  readonly #storage: Storage
  readonly #random: () => number
  readonly #most: number

  /** `random`: 0 to 1, for what is arbitrary. `most`: the largest limit that is taken. */
  constructor(storage: Storage, random: () => number, most: number) {
    this.#storage = storage
    this.#random = random
    this.#most = most
  }

  get state() {
    return { reachable: true, checkedAt: microsFromMillis(0) }
  }

  add(spans: readonly Span[]): void {
    const [first] = spans
    if (first) this.held.push({ traceId: first.traceId, spans })
  }

  async services(): Promise<readonly string[]> {
    return [...new Set(this.held.flatMap(({ spans }) => spans.map((span) => serviceOf(span))))]
  }

  async takesTags(): Promise<boolean> {
    return true
  }

  trace: JaegerApi['trace'] = async (id) => {
    const held = this.held.find(({ traceId }) => traceId === id)
    if (!held) throw new SourceError('not-found', `no trace ${id}`)
    return { traces: new Map([[id, held.spans]]), problems: [], limit: 1, bytes: 1_000 }
  }

  search: JaegerApi['search'] = async (search, from, to, limit) => {
    this.searches++
    if (limit > this.#most)
      throw new SourceError('unreachable', `the backend answered 500 to /api/traces: search depth ${limit}`)
    const matching = this.held.flatMap((held, arrival) =>
      held.spans
        .filter((span) => this.#matches(span, search) && span.startTime >= from && span.startTime <= to)
        .map((span) => ({ held, arrival, start: span.startTime as number, by: this.#random() })),
    )
    const picked = this.#pick(matching, limit)
    const traces = new Map([...new Set(picked)].slice(0, limit).map(({ traceId, spans }) => [traceId, spans]))
    return { traces, problems: [], limit, bytes: traces.size * 1_000 }
  }

  #pick(
    matching: readonly { held: Held; arrival: number; start: number; by: number }[],
    limit: number,
  ): readonly Held[] {
    const by = (key: (one: (typeof matching)[number]) => number) =>
      [...matching].sort((a, b) => key(b) - key(a)).map(({ held }) => held)
    if (this.#storage === 'memory') return by(({ arrival }) => arrival)
    if (this.#storage === 'badger') return by(({ start }) => start)
    // Approximate across shards: what began within the same second comes in any order.
    if (this.#storage === 'elasticsearch') return by(({ start, by: any }) => Math.floor(start / 1e6) + any)
    if (this.#storage === 'clickhouse') return by(({ by: any }) => any)
    // Its index gives the newest rows, and their traces come in any order.
    const rows = by(({ start }) => start).slice(0, SPANS_A_TRACE * limit)
    return [...new Set(rows)].sort(() => this.#random() - 0.5)
  }

  #matches(span: Span, { service, operation, tag }: Search): boolean {
    if (serviceOf(span) !== service || (operation !== undefined && span.name !== operation)) return false
    if (tag === undefined) return true
    const said = span.attributes[tag[0]] ?? span.resource[tag[0]]
    if (said === undefined) return false
    return this.#storage === 'elasticsearch'
      ? new RegExp(`^(?:${tag[1].replaceAll('@', '.*')})$`, 'u').test(String(said))
      : String(said) === tag[1]
  }
}

const serviceOf = ({ resource }: Span): string => {
  const said = resource['service.name']
  return typeof said === 'string' ? said : 'missing-service-name'
}
