import type { SourceInfo } from '../../domain/port/source-info.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { describeTraceSource } from '../../sources/conformance.ts'
import { deriveMissing } from '../../sources/derived.ts'
import { listSources, remoteSource } from '../../sources/remote/remote-source.ts'
import { generateConversations } from '../../sources/sample/conversations.ts'
import { holdTrace } from '../../sources/sample/hold-trace.ts'
import { MemorySource } from '../../sources/sample/memory-source.ts'
import { conventionReader, type Reader } from '../../sources/store/columns/reader.ts'
import { NO_FILES } from '../api/static-files.ts'
import { MemorySink } from '../ingest/testing/memory-sink.ts'
import { readConfig } from '../settings/config.ts'
import { startGateway } from '../start-gateway.ts'

const conventions = conventionReader()
/** By the conventions, and feedback of each shape on some traces, whatever their spans say. */
const reader: Reader = {
  ...conventions,
  summarise: (readings, context) => {
    const read = conventions.summarise(readings, context)
    const seed = Number.parseInt(context.traceId.slice(0, 6), 16)
    if (seed % 8 > 0) return read
    const feedback = [
      { name: 'rating', value: seed % 5 },
      { name: 'mood', value: seed % 3 ? 'good' : 'bad' },
      { name: 'seen', value: true },
    ]
    return { ...read, summary: { ...read.summary, feedback } }
  },
}
const NOW = Date.UTC(2026, 4, 20, 12)
const { config } = readConfig({ PORT: '0', OTLP_HTTP_PORT: 'off', OTLP_GRPC_PORT: 'off' })
const never = (): AbortSignal => new AbortController().signal

async function serve(source: TraceSource) {
  const gateway = await startGateway(
    config,
    {
      current: async () => [deriveMissing(source)],
      sink: new MemorySink(),
      warnings: [],
      close: async () => {},
    },
    NO_FILES,
  )
  return { baseUrl: gateway.address, close: () => gateway.close(1000) }
}

async function firstRemote(baseUrl: string): Promise<TraceSource> {
  const [info] = await listSources({ baseUrl }, never())
  return remoteSource(info as SourceInfo, { baseUrl })
}

describeTraceSource(
  'a source over HTTP',
  () =>
    [...generateConversations({ turns: 240, now: NOW, days: 5, seed: 11 })].map(({ spans, arrival }) =>
      holdTrace(reader, spans, arrival),
    ),
  {
    now: NOW,
    open: async (traces) => {
      const memory = new MemorySource(
        { id: 'sample', label: 'Sample', kind: 'sample', about: 'made up', sample: true },
        () => NOW,
      )
      memory.add(traces)
      const { baseUrl, close } = await serve(memory)
      return {
        source: await firstRemote(baseUrl),
        insert: async (more) => memory.add(more),
        reopen: () => firstRemote(baseUrl),
        close,
      }
    },
  },
)
