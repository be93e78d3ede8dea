/** Every path of the HTTP interface that the application and the gateway share, with `:name` where an id stands. */
export const PATHS = {
  health: '/healthz',
  sources: '/api/v1/sources',
  traces: '/api/v1/sources/:source/traces',
  count: '/api/v1/sources/:source/traces/count',
  histogram: '/api/v1/sources/:source/traces/histogram',
  trace: '/api/v1/sources/:source/traces/:traceId',
  spans: '/api/v1/sources/:source/traces/:traceId/spans',
  span: '/api/v1/sources/:source/traces/:traceId/spans/:spanId',
  logs: '/api/v1/sources/:source/traces/:traceId/logs',
  download: '/api/v1/sources/:source/traces/:traceId/download',
  csv: '/api/v1/sources/:source/traces.csv',
  sessions: '/api/v1/sources/:source/sessions',
  session: '/api/v1/sources/:source/sessions/:sessionId',
  chatbots: '/api/v1/sources/:source/chatbots',
  aggregate: '/api/v1/sources/:source/aggregate',
  suggest: '/api/v1/sources/:source/suggest/:field',
  export: '/api/v1/exports/:name',
  import: '/api/v1/import',
  feedback: '/api/v1/feedback',
} as const

type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** A path with its ids filled in, each percent-encoded. */
export const pathTo = <Path extends string>(
  path: Path,
  ids: { readonly [Name in NamesIn<Path>]: string },
): string => path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name as NamesIn<Path>]))

/** A path with parameters behind it; those that are undefined are left out. */
export function withParams(
  path: string,
  given: Iterable<readonly [string, string]>,
  more: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const params = new URLSearchParams([...given].map(([name, value]) => [name, value]))
  for (const [name, value] of Object.entries(more)) {
    if (value !== undefined) params.append(name, String(value))
  }
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}
