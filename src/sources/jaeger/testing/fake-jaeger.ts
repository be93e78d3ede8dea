import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Attributes, Span } from '../../../domain/model/span.ts'
import { type TraceId, traceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import { JaegerEncoder } from '../../../formats/jaeger/encode.ts'
import { encodeTracesJson } from '../../../formats/otlp/encode-traces.ts'
import type { Dialect, Search } from '../query-api.ts'
import { FakeStorage, type Storage } from './fake-storage.ts'

const never = new AbortController().signal

const flatAll = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    ]),
  )

/** As Jaeger's own model has it: lists and objects as JSON text, links without attributes, no flags. */
function flattened({ flags: _, ...span }: Span): Span {
  return {
    ...span,
    attributes: flatAll(span.attributes),
    resource: flatAll(span.resource),
    events: span.events.map((event) => ({ ...event, attributes: flatAll(event.attributes) })),
    links: span.links.map((link) => ({ ...link, attributes: {} })),
  }
}

/** A trace as it stands in a reply, written once. */
class Written {
  readonly #texts = new WeakMap<readonly Span[], string>()
  readonly #dialect: Dialect
  readonly #flat: boolean

  constructor(dialect: Dialect, flat: boolean) {
    this.#dialect = dialect
    this.#flat = flat
  }

  reply(traces: ReadonlyMap<TraceId, readonly Span[]>): string {
    const all = [...traces].map(([id, spans]) => this.#trace(id, spans)).join(',')
    return this.#dialect === 'legacy'
      ? `{"data":[${all}],"total":0,"limit":0,"offset":0,"errors":null}`
      : `{"result":{"resourceSpans":[${all}]}}`
  }

  #trace(id: TraceId, spans: readonly Span[]): string {
    const text = this.#texts.get(spans) ?? this.#write(id, spans)
    this.#texts.set(spans, text)
    return text
  }

  #write(id: TraceId, sent: readonly Span[]): string {
    const spans = this.#flat ? sent.map(flattened) : sent
    if (this.#dialect === 'v3') return JSON.stringify(encodeTracesJson(spans).resourceSpans).slice(1, -1)
    const encoder = new JaegerEncoder()
    const encoded = spans.map((span) => encoder.encode(span))
    const processes = encoder.processesSoFar()
    return JSON.stringify({ traceID: id, spans: encoded, processes, warnings: null })
  }
}

const microsOf = (text: string): number =>
  Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, -1).padEnd(6, '0').slice(0, 6))

const tagIn = (json: string | null): Pick<Search, 'tag'> => {
  const [tag] = Object.entries(JSON.parse(json ?? '{}') as Record<string, string>)
  return tag ? { tag } : {}
}
const operationIn = (operation: string | null) => (operation === null ? {} : { operation })

/** What is asked, in both dialects: the service, and between which moments. */
function searchOf(query: URLSearchParams, dialect: Dialect): readonly [Search, number, number, number] {
  const text = (name: string) => query.get(name) ?? ''
  if (dialect === 'legacy') {
    const search = {
      service: text('service'),
      ...operationIn(query.get('operation')),
      ...tagIn(query.get('tags')),
    }
    return [search, Number(text('start')), Number(text('end')), Number(text('limit'))]
  }
  const search = {
    service: text('query.service_name'),
    ...operationIn(query.get('query.operation_name')),
    ...tagIn(query.get('query.attributes')),
  }
  const [from, to] = [microsOf(text('query.start_time_min')), microsOf(text('query.start_time_max'))]
  return [search, from, to, Number(text('query.num_traces'))]
}

/** What is refused by the storage, as Jaeger tells it: JSON that is called plain text. */
const failed = {
  legacy: (message: string) => ({ data: null, errors: [{ code: 500, msg: message }] }),
  v3: (message: string) => ({ error: { httpCode: 500, message } }),
}
const missing = {
  legacy: { data: null, errors: [{ code: 404, msg: 'trace not found' }] },
  v3: { error: { httpCode: 404, message: 'No traces found' } },
}

/**
 * A server of Jaeger's query API in one dialect, over traces in memory that one storage's manners pick.
 * `random`: 0 to 1, for what is arbitrary. `mostTraces`: the largest limit that the storage takes. `base`: the
 * path below which it answers. `flat`: whether values are kept as Jaeger's own model has them.
 */
export async function serveFakeJaeger(
  storage: Storage,
  dialect: Dialect,
  {
    random = Math.random,
    mostTraces = 10_000,
    base = '',
    flat = false,
  }: { random?: () => number; mostTraces?: number; base?: string; flat?: boolean } = {},
) {
  const held = new FakeStorage(storage, random, mostTraces)
  const written = new Written(dialect, flat)
  const answer = async (url: URL): Promise<string | undefined> => {
    if (!url.pathname.startsWith(base)) return undefined
    const path = url.pathname.slice(base.length).replace(dialect === 'v3' ? '/api/v3' : '/api', '')
    if (path === '/services') {
      const names = await held.services()
      return JSON.stringify(dialect === 'v3' ? { services: names } : { data: names })
    }
    if (path === '/traces') {
      const { traces } = await held.search(...searchOf(url.searchParams, dialect), never)
      return dialect === 'v3' && traces.size === 0 ? undefined : written.reply(traces)
    }
    const id = /^\/traces\/([0-9a-f]+)$/.exec(path)?.[1]
    return id === undefined ? undefined : written.reply((await held.trace(traceId(id), never)).traces)
  }
  const server = createServer(async (request, response) => {
    try {
      const body = await answer(new URL(request.url ?? '', 'http://jaeger'))
      response.writeHead(body ? 200 : 404, { 'content-type': 'text/plain' })
      response.end(body ?? JSON.stringify(missing[dialect]))
    } catch (error) {
      const isMissing = error instanceof SourceError && error.kind === 'not-found'
      response.writeHead(isMissing ? 404 : 500, { 'content-type': 'text/plain' })
      response.end(JSON.stringify(isMissing ? missing[dialect] : failed[dialect](String(error))))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    held,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
