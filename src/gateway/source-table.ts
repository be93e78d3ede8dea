import type { TraceSource } from '../domain/port/trace-source.ts'
import { generateConversations } from '../sources/sample/conversations.ts'
import { holdTrace } from '../sources/sample/hold-trace.ts'
import { MemorySource } from '../sources/sample/memory-source.ts'
import { conventionReader, type Reader } from '../sources/store/reader.ts'
import { openStore } from '../sources/store/store.ts'
import type { BackendConfig } from './backend-settings.ts'
import type { Config } from './config.ts'
import type { TurnSink } from './ingest/span-sink.ts'

export interface SourceTable {
  /** The sources as they stand now, in the order in which they are shown. */
  readonly current: () => Promise<readonly TraceSource[]>
  /** Where traces go that arrive here. */
  readonly sink: TurnSink
  /** What is worth a line in the log at the start. */
  readonly warnings: readonly string[]
  /** Brings what is in memory to the disk and frees the files. */
  readonly close: () => Promise<void>
}

/** Backends by their kind: how a configured one becomes a source. A kind without an entry is not served. */
const BACKENDS: Partial<Record<BackendConfig['kind'], (backend: BackendConfig) => TraceSource>> = {}

const SAMPLE_TURNS = 400
const SAMPLE_DAYS = 7

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

/** An assistant's conversations up to now, made when they are first asked for. */
function openSample(reader: Reader): TraceSource {
  const now = Date.now()
  return new MemorySource(
    { id: 'sample', label: 'Sample conversations', kind: 'sample' },
    Date.now,
    function* () {
      for (const { spans, arrival } of generateConversations({
        turns: SAMPLE_TURNS,
        days: SAMPLE_DAYS,
        now,
      })) {
        yield holdTrace(reader, spans, arrival)
      }
    },
  )
}

/**
 * Opens every source that the settings ask for: the store, the sample while the store is empty, the
 * backends. Rejects where the store cannot be opened, in one line.
 */
export async function openSourceTable(config: Config, log: (line: string) => void): Promise<SourceTable> {
  const { sources, warnings } = openBackends(config.backends)
  const reader = conventionReader(config.keys)
  const store = await openStore({
    directory: config.dataDir,
    readOnly: config.readOnly,
    reader,
    log,
    ...(config.retention !== null && { retention: config.retention }),
  })
  const filled = [store.source, ...sources]
  const empty = [store.source, openSample(reader), ...sources]
  return {
    current: async () => (store.isEmpty() ? empty : filled),
    sink: store,
    warnings,
    close: () => store.close(),
  }
}
