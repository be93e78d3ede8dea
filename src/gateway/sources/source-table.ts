import type { TraceSource } from '../../domain/port/trace-source.ts'
import { type AnsweringSource, deriveMissing } from '../../sources/derived.ts'
import { JaegerSource } from '../../sources/jaeger/jaeger-source.ts'
import { LangfuseSource } from '../../sources/langfuse/langfuse-source.ts'
import { generateConversations } from '../../sources/sample/conversations.ts'
import { holdTrace } from '../../sources/sample/hold-trace.ts'
import { MemorySource } from '../../sources/sample/memory-source.ts'
import { conventionReader, type Reader } from '../../sources/store/columns/reader.ts'
import { serveBackups } from '../../sources/store/file/backup-socket.ts'
import { openStore } from '../../sources/store/store.ts'
import type { Health } from '../../wire/health.ts'
import type { TurnSink } from '../ingest/door/span-sink.ts'
import type { BackendConfig, JaegerBackend, LangfuseBackend } from '../settings/backend-settings.ts'
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

export interface OpenedBackend {
  readonly source: TraceSource
  readonly close: () => Promise<void>
}

/** What a backend is opened with. */
export interface OpeningParts {
  readonly log: (line: string) => void
  /** Reads spans by the conventions and by the keys of the settings. */
  readonly reader: Reader
  readonly keys: Config['keys']
  /** Aborted once the start has failed. */
  readonly signal: AbortSignal
}

/**
 * How a configured backend becomes a source. Rejects, in one line that names the setting, where a setting is
 * wrong; a backend that merely does not answer is opened all the same, and says so by its `state`.
 */
type OpenBackend<Backend> = (backend: Backend, parts: OpeningParts) => Promise<OpenedBackend>

/** The kinds of backend: one entry each. A kind without an entry is not served. */
export type BackendKinds = {
  readonly [Kind in BackendConfig['kind']]?: OpenBackend<Extract<BackendConfig, { readonly kind: Kind }>>
}
const BACKENDS: BackendKinds = { jaeger: openJaeger, langfuse: openLangfuse }

function credentialsOf({ credentials }: JaegerBackend): { header?: string; secrets: readonly string[] } {
  if (credentials.scheme === 'none') return { secrets: [] }
  if (credentials.scheme === 'bearer')
    return { header: `Bearer ${credentials.token}`, secrets: [credentials.token] }
  const { username, password } = credentials
  const encoded = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  return { header: `Basic ${encoded}`, secrets: [password, encoded] }
}

async function openJaeger(backend: JaegerBackend, { reader, keys }: OpeningParts): Promise<OpenedBackend> {
  const { id, queryUrl, uiUrl, services, operations } = backend
  const { header, secrets } = credentialsOf(backend)
  const closed = new AbortController()
  const source = new JaegerSource({
    id,
    queryUrl,
    ...(uiUrl !== undefined && { uiUrl }),
    services,
    operations,
    headers: { ...backend.headers, ...(header !== undefined && { authorization: header }) },
    // Short values occur in any message.
    secrets: [...secrets, ...Object.values(backend.headers).filter((value) => value.length >= 6)],
    reader,
    keys,
  })
  // Whether it answers is said by its state; the start does not wait for it.
  source.look(closed.signal).catch(() => {})
  return { source, close: async () => closed.abort() }
}

async function openLangfuse(
  { id, baseUrl, publicKey, secretKey }: LangfuseBackend,
  { reader }: OpeningParts,
): Promise<OpenedBackend> {
  const closed = new AbortController()
  const source = new LangfuseSource({ id, baseUrl, publicKey, secretKey, reader })
  source.look(closed.signal).catch(() => {})
  return { source, close: async () => closed.abort() }
}

const SAMPLE_TURNS = 400
const SAMPLE_DAYS = 7

/** Opens backends side by side; where one cannot be opened, those that were are closed again. */
async function openBackends(
  backends: readonly BackendConfig[],
  kinds: BackendKinds,
  parts: Omit<OpeningParts, 'signal'>,
): Promise<{ opened: readonly OpenedBackend[]; warnings: readonly string[] }> {
  const failed = new AbortController()
  const warnings: string[] = []
  const outcomes = await Promise.allSettled(
    backends.flatMap((backend) => {
      const open = kinds[backend.kind] as OpenBackend<BackendConfig> | undefined
      if (!open) {
        const fact = `this version has no source of kind ${backend.kind}: it is not shown`
        warnings.push(`${backend.setting}: ${fact}`)
        return []
      }
      return [
        open(backend, { ...parts, signal: failed.signal }).catch((error) => {
          failed.abort(error)
          throw error
        }),
      ]
    }),
  )
  const opened = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (failed.signal.aborted) {
    await Promise.allSettled(opened.map(({ close }) => close()))
    throw failed.signal.reason
  }
  return { opened, warnings }
}

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

/**
 * Opens every source that the settings ask for: the store, the sample while the store is empty, the
 * backends. Rejects where the store or a backend cannot be opened, in one line; nothing stays open then.
 */
export async function openSourceTable(
  config: Config,
  log: (line: string) => void,
  kinds: BackendKinds = BACKENDS,
): Promise<SourceTable> {
  const reader = conventionReader(config.keys)
  const { opened, warnings } = await openBackends(config.backends, kinds, { log, reader, keys: config.keys })
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
  const local = deriveMissing(store.source)
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
