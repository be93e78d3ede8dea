import type { TraceId } from '../domain/model/units.ts'
import { PATHS, pathTo, withParams } from '../wire/api-paths.ts'
import { PARAMS } from '../wire/parameters.ts'

/** The formats that the gateway writes a trace in, and what they are called. */
export const TRACE_FILES = [
  { format: 'otlp', label: 'OTLP JSON' },
  { format: 'jaeger', label: 'Jaeger JSON' },
] as const
export type TraceFileFormat = (typeof TRACE_FILES)[number]['format']

/** Starts the browser's own download of a trace; both formats open again by import. */
export function downloadTrace(source: string, trace: TraceId, format: TraceFileFormat): void {
  const link = document.createElement('a')
  link.href = withParams(pathTo(PATHS.download, { source, traceId: trace }), [], { [PARAMS.format]: format })
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
}
