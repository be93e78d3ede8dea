import type { TraceSource } from '../../domain/port/trace-source.ts'
import { type AnsweringSource, deriveMissing } from '../../sources/derived.ts'
import { generateConversations } from '../../sources/sample/conversations.ts'
import { holdTrace } from '../../sources/sample/hold-trace.ts'
import { MemorySource } from '../../sources/sample/memory-source.ts'
import { conventionReader, type Reader } from '../../sources/store/columns/reader.ts'
import { serveBackups } from '../../sources/store/file/backup-socket.ts'
import { openStore } from '../../sources/store/store.ts'
import type { Health } from '../../wire/health.ts'
import { openBackends } from '../backends/open-backends.ts'
import type { TurnSink } from '../ingest/door/span-sink.ts'
import type { Config } from '../settings/config.ts'

export interface SourceTable {
  /** The sources as they stand now, in the order in which they are shown; each answers every question. */
  readonly current: () => Promise<readonly AnsweringSource[]>
  /** Where traces go that arrive here. */
  readonly sink: TurnSink
  /** Whether the store takes and answers, `ok` where it does. */
  readonly health?: () => Health
  /** What is worth a line in the log at the start. */
  readonly warnings: readonly string[]
  /** Brings what is in memory to the disk and frees the files. */
  readonly close: () => Promise<void>
}

const SAMPLE_TURNS = 400
const SAMPLE_DAYS = 7

/** An assistant's conversations up to now, made when they are first asked for. */
function openSample(reader: Reader): TraceSource {
  const now = Date.now()
  return new MemorySource(
    { id: 'sample', label: 'Sample conversations', kind: 'sample', about: 'made up', sample: true },
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

/** Readers may say what they think of the turns of a source that keeps it. */
const takingFeedback = (source: TraceSource): TraceSource => ({
  ...source,
  info: { ...source.info, takesFeedback: true },
})

/**
 * Opens every source that the settings ask for: the store, the sample while the store is empty, the
 * backends. Rejects where the store or a backend cannot be opened, in one line; nothing stays open then.
 */
export async function openSourceTable(config: Config, log: (line: string) => void): Promise<SourceTable> {
  const reader = conventionReader(config.keys)
  const { opened, warnings } = await openBackends(config.backends, { log, reader, keys: config.keys })
  const closeBackends = () => Promise.allSettled(opened.map(({ close }) => close()))
  const store = await openStore({
    directory: config.dataDir,
    readOnly: config.readOnly,
    reader,
    log,
    ...(config.retention !== null && { retention: config.retention }),
    retentionConfirmed: config.retentionConfirmed,
  }).catch(async (error) => {
    await closeBackends()
    throw error
  })
  const endBackups = config.readOnly ? async () => {} : await serveBackups(config.dataDir, store.files, log)
  const local = deriveMissing(config.readOnly ? store.source : takingFeedback(store.source))
  const backends = opened.map(({ source }) => deriveMissing(source))
  const filled = [local, ...backends]
  const empty = [local, deriveMissing(openSample(reader)), ...backends]
  return {
    current: async () => (store.isEmpty() ? empty : filled),
    sink: store,
    health: () => store.health(),
    warnings,
    close: async () => {
      await endBackups()
      await closeBackends()
      await store.close()
    },
  }
}
