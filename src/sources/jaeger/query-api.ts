import type { TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceState } from '../../domain/port/source-info.ts'
import { type QueriedTraces, REPLY_SHAPES, servicesIn } from '../../formats/jaeger/query-reply.ts'
import { OverLimitError } from '../../formats/otlp/guard/over-limit.ts'
import type { BackendCall, BackendClient } from '../backend/backend-client.ts'
import { readReply, type StreamedReply } from './streamed-reply.ts'

/** The paths that Jaeger is asked for. */
export const JAEGER_PATHS = [
  '/api/services',
  '/api/traces',
  '/api/traces/:traceId',
  '/api/v3/services',
  '/api/v3/traces',
  '/api/v3/traces/:traceId',
] as const

/** Jaeger's two query APIs: newer versions lack the search of the first, clones the second. */
export type Dialect = 'legacy' | 'v3'

/** Traces with a matching span that began in a stretch of time, µs, both ends inclusive. */
export interface Search {
  readonly service: string
  readonly operation?: string
  /** One tag: with several, storages disagree whether one span must have them all. */
  readonly tag?: readonly [key: string, value: string]
}

export interface FoundTraces extends QueriedTraces {
  /** How many were asked for, after what the backend was found to take. */
  readonly limit: number
  /** Bytes of the reply. */
  readonly bytes: number
}

/** How much of a reply is read: several searches go on at a time, and one trace may be larger than most of them. */
const SEARCH_BYTES = 64_000_000
export const TRACE_BYTES = 128_000_000
const SEARCH_MS = 30_000
const TRACE_MS = 60_000

/** RFC 3339, to the microsecond. */
const momentOf = (micros: number): string => {
  const whole = new Date(Math.floor(micros / 1000)).toISOString()
  return `${whole.slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`
}

/** Parameters of a search; names that every version knows. */
const searchParams: {
  readonly [Name in Dialect]: (search: Search, from: number, to: number, limit: number) => [string, string][]
} = {
  legacy: ({ service, operation, tag }, from, to, limit) => [
    ['service', service],
    ...(operation === undefined ? [] : [['operation', operation] as [string, string]]),
    ['start', String(from)],
    ['end', String(to)],
    ['limit', String(limit)],
    ...(tag === undefined ? [] : [['tags', JSON.stringify({ [tag[0]]: tag[1] })] as [string, string]]),
  ],
  v3: ({ service, operation, tag }, from, to, limit) => [
    ['query.service_name', service],
    ...(operation === undefined ? [] : [['query.operation_name', operation] as [string, string]]),
    ['query.start_time_min', momentOf(from)],
    ['query.start_time_max', momentOf(to)],
    ['query.num_traces', String(limit)],
    ...(tag === undefined
      ? []
      : [['query.attributes', JSON.stringify({ [tag[0]]: tag[1] })] as [string, string]]),
  ],
}

const SEARCH_PATH = { legacy: '/api/traces', v3: '/api/v3/traces' } as const
const TRACE_PATH = { legacy: '/api/traces/:traceId', v3: '/api/v3/traces/:traceId' } as const
const SERVICES = { legacy: ['/api/services', 'data'], v3: ['/api/v3/services', 'services'] } as const

/** That a backend answers, but not as this API does. */
const NO_SUCH_API: ReadonlySet<string> = new Set(['not-found', 'bad-request', 'bad-reply'])
const isSourceError = (error: unknown): error is SourceError => error instanceof SourceError

/** Jaeger's own word in the body, which tells "nothing found" from "no such page". */
const saysNothingFound = (error: unknown): boolean =>
  isSourceError(error) &&
  error.kind === 'not-found' &&
  /: .*(no traces? found|trace not found)/i.test(error.message)
const saysTooDeep = (error: unknown): boolean =>
  isSourceError(error) &&
  /search depth|max traces|max_traces|limit .*(exceed|larger|greater|must)/i.test(error.message)
/** Larger than is read of a reply. */
export const isTooLarge = (error: unknown): boolean =>
  isSourceError(error) && error.kind === 'bad-reply' && error.message.includes('is larger than')

const LEAST_LIMIT = 20

/**
 * Jaeger's query API in whichever dialect the backend speaks, found out once. Replies are judged by what they
 * hold: versions answer with the page of the user interface where others answer 404, and call JSON plain text.
 */
export class QueryApi {
  readonly #client: BackendClient
  readonly #only: Dialect | undefined
  #dialect: Dialect | undefined
  #takesAttributes = true
  /** The most traces that a search may ask for, as far as is known. */
  #mostTraces = Number.MAX_SAFE_INTEGER
  #oddReply: string | undefined

  /** `only`: the dialect to speak, where it is not to be found out. */
  constructor(client: BackendClient, only?: Dialect) {
    this.#client = client
    this.#only = only
  }

  get state(): SourceState {
    const { state } = this.#client
    return {
      ...state,
      ...(this.#dialect && { dialect: this.#dialect }),
      ...(this.#oddReply !== undefined && state.lastError === undefined && { lastError: this.#oddReply }),
    }
  }

  /** Whether searches for a tag are known to be more than searches without it. */
  async takesTags(signal: AbortSignal): Promise<boolean> {
    return (await this.#spoken(signal)) === 'legacy' || this.#takesAttributes
  }

  async services(signal: AbortSignal): Promise<readonly string[]> {
    const named = await this.#servicesIn(await this.#spoken(signal), signal)
    if (named !== undefined) return named
    // Another version may stand there by now.
    this.#dialect = undefined
    const dialect = await this.#spoken(signal)
    return (await this.#servicesIn(dialect, signal)) ?? this.#odd(SERVICES[dialect][0])
  }

  /**
   * `from` and `to`: µs, both inclusive. `limit` is lowered where the backend takes no such number. Of the reply
   * `most` bytes are read.
   */
  async search(
    search: Search,
    from: number,
    to: number,
    limit: number,
    signal: AbortSignal,
    most = SEARCH_BYTES,
  ): Promise<FoundTraces> {
    const dialect = await this.#spoken(signal)
    const path = SEARCH_PATH[dialect]
    for (;;) {
      const asked = Math.min(limit, this.#mostTraces)
      const params = searchParams[dialect](search, Math.max(0, from), Math.max(0, to), asked)
      try {
        const { found, bytes } = await this.#traces(
          dialect,
          { path, params, limits: { ms: SEARCH_MS, bytes: most } },
          signal,
        )
        return { ...found, limit: asked, bytes }
      } catch (error) {
        if (saysNothingFound(error)) return { traces: new Map(), problems: [], limit: asked, bytes: 0 }
        if (!saysTooDeep(error) || asked <= LEAST_LIMIT) throw error
        this.#mostTraces = Math.max(LEAST_LIMIT, Math.floor(asked / 2))
      }
    }
  }

  /** A trace by its id. Rejects `not-found`. */
  async trace(id: TraceId, signal: AbortSignal): Promise<FoundTraces> {
    const missing = () => new SourceError('not-found', `no trace ${id}`)
    // Anything else cannot be Jaeger's, and would be a bad request.
    if (!/^[0-9a-f]{1,32}$/i.test(id)) throw missing()
    const dialect = await this.#spoken(signal)
    try {
      const { found, bytes } = await this.#traces(
        dialect,
        { path: TRACE_PATH[dialect], ids: { traceId: id }, limits: { ms: TRACE_MS, bytes: TRACE_BYTES } },
        signal,
      )
      if (found.traces.size === 0) throw missing()
      return { ...found, limit: 1, bytes }
    } catch (error) {
      throw saysNothingFound(error) ? missing() : error
    }
  }

  async #traces(dialect: Dialect, call: BackendCall, signal: AbortSignal): Promise<StreamedReply> {
    try {
      const reply = await readReply(this.#client.stream(call, signal), REPLY_SHAPES[dialect], signal)
      if (reply === undefined) return this.#odd(call.path)
      this.#oddReply = undefined
      return reply
    } catch (error) {
      if (error instanceof OverLimitError)
        throw new SourceError('bad-reply', `the backend's reply to ${call.path} holds ${error.message}`)
      // Nobody says that a trace is missing: the path is, as in another version that stands there by now.
      if (isSourceError(error) && error.kind === 'not-found' && !saysNothingFound(error)) this.#odd(call.path)
      throw error
    }
  }

  #odd(path: string): never {
    this.#dialect = undefined
    this.#oddReply = `the backend's reply to ${path} is not what Jaeger's query API answers`
    throw new SourceError('bad-reply', this.#oddReply)
  }

  /** Undefined where the path is not of this API. */
  async #servicesIn(dialect: Dialect, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const [path, under] = SERVICES[dialect]
    try {
      return servicesIn(JSON.parse(await this.#client.text({ path }, signal)), under)
    } catch (error) {
      const isNone = isSourceError(error) ? NO_SUCH_API.has(error.kind) : error instanceof SyntaxError
      if (isNone) return undefined
      throw error
    }
  }

  /** Which dialect there is: the first whose list of services can be read. */
  async #spoken(signal: AbortSignal): Promise<Dialect> {
    if (this.#dialect !== undefined) return this.#dialect
    for (const dialect of this.#only ? [this.#only] : (['legacy', 'v3'] as const)) {
      const services = await this.#servicesIn(dialect, signal)
      if (services === undefined) continue
      if (dialect === 'v3') this.#takesAttributes = await this.#provesAttributes(services, signal)
      this.#oddReply = undefined
      this.#dialect = dialect
      return dialect
    }
    return this.#odd('/api/services and /api/v3/services')
  }

  /** Versions before 2.19 leave `query.attributes` unread: then even a tag that no span has finds something. */
  async #provesAttributes(services: readonly string[], signal: AbortSignal): Promise<boolean> {
    const now = Date.now() * 1000
    const tag = ['turnscope.no.such.key', 'none'] as const
    for (const service of services.slice(0, 3)) {
      const params = searchParams.v3({ service, tag }, now - 30 * 86_400e6, now, 1)
      try {
        const { found } = await this.#traces('v3', { path: '/api/v3/traces', params }, signal)
        if (found.traces.size > 0) return false
      } catch (error) {
        if (!saysNothingFound(error)) return false
      }
    }
    return true
  }
}
