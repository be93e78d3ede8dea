import type { TraceId } from '../domain/model/units.ts'
import { PATHS, pathTo, withParams } from '../wire/api-paths.ts'
import { PARAMS } from '../wire/parameters.ts'

/** The formats that the gateway writes a trace in, and what they are called. */
export const TRACE_FILES = [
  { format: 'otlp', label: 'OTLP JSON' },
  { format: 'jaeger', label: 'Jaeger JSON' },
] as const
export type TraceFileFormat = (typeof TRACE_FILES)[number]['format']

const download = (href: string, name: string) => {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

/** Downloads the turn as the API gives it: texts, participant data, metrics, feedback; without its spans. */
export const downloadTurn = (source: string, trace: TraceId): void =>
  download(pathTo(PATHS.trace, { source, traceId: trace }), `${trace}.json`)

/** Starts the browser's own download of a trace; both formats open again by import. */
export function downloadTrace(source: string, trace: TraceId, format: TraceFileFormat): void {
  download(
    withParams(pathTo(PATHS.download, { source, traceId: trace }), [], { [PARAMS.format]: format }),
    '',
  )
}
