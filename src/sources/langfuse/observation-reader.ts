import type { TraceId } from '../../domain/model/units.ts'
import { numberedPageIn } from '../../formats/langfuse/api-replies.ts'
import { fromText, toText } from './dialect.ts'
import { type LangfuseApi, PATH, type Params, type Reply } from './langfuse-api.ts'
import type { Row } from './row-reader.ts'

const PAGE = 100
/** Pages for one stretch of the list at most: as many as its observations take, and some for others between them. */
const MOST_PAGES = 30
const MORE_PAGES = 3
/** Traces of one stretch that are asked for by themselves. */
const MOST_DETAILS = 12
/** Observations may begin so long before their trace, and after what is known of its end, µs. */
const SLACK = 5_000_000

const idsOf = (row: Row): readonly string[] =>
  Array.isArray(row.observations) ? row.observations.filter((id) => typeof id === 'string') : []
/** A list that leaves groups out says so by what cannot be. */
const tellsIds = (row: Row): boolean => Array.isArray(row.observations) && row.latency !== -1
const latencyOf = ({ latency }: Row): number =>
  typeof latency === 'number' && latency > 0 ? latency * 1e6 : 0

type Detail = (id: TraceId, signal: AbortSignal) => Promise<Reply<Row> | undefined>

/** Observations of traces that a list showed, in few calls: the list says which there are, and between when. */
export class ObservationReader {
  readonly #api: LangfuseApi
  readonly #detail: Detail

  constructor(api: LangfuseApi, detail: Detail) {
    this.#api = api
    this.#detail = detail
  }

  /** Those of each trace that could be read whole within the bound; other traces are left out. */
  async ofTraces(rows: readonly Row[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly Row[]>> {
    const found = new Map<string, readonly Row[]>()
    const wanted = rows.filter((row) => {
      if (!tellsIds(row) || idsOf(row).length > 0) return true
      found.set(String(row.id), [])
      return false
    })
    if (wanted.length === 0) return found
    const byTrace = new Map<string, Map<string, Row>>()
    const left = () => wanted.filter((row) => !isWhole(row, byTrace.get(String(row.id))))
    const starts = wanted.map((row) => Date.parse(String(row.timestamp)) * 1000)
    const ends = wanted.map((row, at) => (starts[at] ?? 0) + latencyOf(row))
    const range: Params = [
      ['fromStartTime', fromText(Math.min(...starts) - SLACK)],
      ['toStartTime', toText(Math.max(...ends) + SLACK)],
    ]
    const ids = wanted.reduce((sum, row) => sum + idsOf(row).length, 0)
    const most = Math.min(MOST_PAGES, Math.ceil(ids / PAGE) * 2 + MORE_PAGES)
    for (let page = 1; page <= most; page++) {
      const params: Params = [['page', String(page)], ['limit', String(PAGE)], ...range]
      const { value } = await this.#api.ask({ path: PATH.observations, params }, numberedPageIn, signal)
      for (const row of value.rows) {
        const own = byTrace.get(String(row.traceId))
        if (own) own.set(String(row.id), row)
        else byTrace.set(String(row.traceId), new Map([[String(row.id), row]]))
      }
      if (page >= value.pages || value.rows.length === 0 || left().length === 0) break
      // Few traces among much else are asked for by themselves.
      if (value.pages - page > left().length && left().length <= MOST_DETAILS) break
    }
    for (const row of wanted) {
      const own = byTrace.get(String(row.id))
      if (isWhole(row, own)) found.set(String(row.id), [...(own?.values() ?? [])])
    }
    await Promise.all(
      left()
        .slice(0, MOST_DETAILS)
        .map(async (row) => {
          const detail = await this.#detail(String(row.id) as TraceId, signal)
          const observations = detail?.value.observations
          if (Array.isArray(observations)) found.set(String(row.id), observations as readonly Row[])
        }),
    )
    return found
  }
}

const isWhole = (row: Row, own: ReadonlyMap<string, Row> | undefined): boolean =>
  tellsIds(row) && idsOf(row).every((id) => own?.has(id))
