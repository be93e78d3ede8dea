import type { TraceSource } from '../sources/trace-source.ts'
import type { BackendConfig } from './backend-settings.ts'
import type { Config } from './config.ts'
import type { SpanSink } from './ingest/span-sink.ts'

export interface SourceTable {
  /** The sources as they stand now, in the order in which they are shown. */
  readonly current: () => Promise<readonly TraceSource[]>
  /** Where traces go that arrive here. */
  readonly sink: SpanSink
  /** What is worth a line in the log at the start. */
  readonly warnings: readonly string[]
  /** Brings what is in memory to the disk and frees the files. */
  readonly close: () => Promise<void>
}

/** Backends by their kind: how a configured one becomes a source. A kind without an entry is not served. */
const BACKENDS: Partial<Record<BackendConfig['kind'], (backend: BackendConfig) => TraceSource>> = {}

function openBackends(backends: readonly BackendConfig[]): { sources: TraceSource[]; warnings: string[] } {
  const sources: TraceSource[] = []
  const warnings: string[] = []
  for (const backend of backends) {
    const open = BACKENDS[backend.kind]
    if (open) sources.push(open(backend))
    else
      warnings.push(`${backend.setting}: this version has no source of kind ${backend.kind}: it is not shown`)
  }
  return { sources, warnings }
}

/** Opens every source that the settings ask for. Rejects where the store cannot be opened, in one line. */
export async function openSourceTable(config: Config): Promise<SourceTable> {
  const { sources, warnings } = openBackends(config.backends)
  return {
    current: async () => sources,
    sink: { addSpans: async () => {}, addLogs: async () => {} },
    warnings,
    close: async () => {},
  }
}
