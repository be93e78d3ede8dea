import type { Span } from '../../src/domain/model/span.ts'
import { type BackendCall, BackendClient } from '../../src/sources/backend/backend-client.ts'
import type { TraceReader } from '../../src/sources/backend/read-trace.ts'
import { JaegerSource } from '../../src/sources/jaeger/jaeger-source.ts'
import { type Dialect, JAEGER_PATHS, QueryApi } from '../../src/sources/jaeger/query-api.ts'
import { conventionReader } from '../../src/sources/store/columns/reader.ts'
import type { JaegerStorage } from './jaeger-process.ts'

/** Every storage that runs in Jaeger's own process, in every dialect that this version speaks. */
export const SUBJECTS: readonly (readonly [JaegerStorage, Dialect])[] = [
  ['memory', 'legacy'],
  ['memory', 'v3'],
  ['badger', 'legacy'],
  ['badger', 'v3'],
]

export const READER: TraceReader = conventionReader()

/** Counts what reaches the backend. */
class CountedClient extends BackendClient {
  calls = 0

  override stream(call: BackendCall, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.calls++
    return super.stream(call, signal)
  }
}

export interface CountedSource {
  readonly source: JaegerSource
  /** Calls so far. */
  readonly calls: () => number
}

/** A source over a running Jaeger as the gateway opens it, in one dialect. */
export function sourceOver(
  queryUrl: string,
  dialect: Dialect,
  options: {
    readonly now?: number
    readonly depth?: { readonly usual: number; readonly most: number }
  } = {},
): CountedSource {
  const client = new CountedClient({ baseUrl: queryUrl, paths: JAEGER_PATHS, headers: {}, secrets: [] })
  const { now, depth } = options
  const source = new JaegerSource(
    {
      id: 'jaeger',
      queryUrl,
      services: [],
      operations: [],
      headers: {},
      secrets: [],
      reader: READER,
      ...(depth && { depth }),
      ...(now !== undefined && { clock: () => now }),
    },
    new QueryApi(client, dialect),
  )
  return { source, calls: () => client.calls }
}

/** All spans of several traces in one list. */
export const spansOf = (traces: readonly { readonly spans: readonly Span[] }[]): readonly Span[] =>
  traces.flatMap(({ spans }) => spans)
