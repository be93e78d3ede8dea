import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LogRecord, SpanDetail, SpanOutline } from '../../domain/model/span.ts'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import type { LogList } from '../../domain/port/trace-source.ts'
import { decodeLogsJson } from '../../formats/otlp/decode-logs.ts'
import {
  documentsAs,
  type Expected,
  readingOf,
  type StatedDocument,
  statedDocuments,
  statedMessages,
  statedReading,
} from '../../semantics/testing/capture-expectation.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

const CAPTURES = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures', 'captures')

interface Request {
  readonly file: string
  readonly path: string
  readonly contentType: string
  readonly body: Uint8Array<ArrayBuffer>
}

interface Indexed {
  readonly order: number
  readonly file: string
  readonly signal: 'traces' | 'logs'
  readonly transport: 'http' | 'grpc'
  readonly path?: string
}

const bytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path))

/** The requests of a capture in their order; JSON where the library itself sent JSON. */
function requestsOf(folder: string): readonly Request[] {
  const index = JSON.parse(readFileSync(join(folder, '_index.json'), 'utf8')) as readonly Indexed[]
  return index
    .toSorted((a, b) => a.order - b.order)
    .map(({ file, signal, transport, path }) => {
      const asSent = join(folder, `${file}.body.json`)
      const json = existsSync(asSent)
      return {
        file,
        path: transport === 'http' && path !== undefined ? path : `/v1/${signal}`,
        contentType: json ? 'application/json' : 'application/x-protobuf',
        body: bytes(json ? asSent : join(folder, `${file}.pb`)),
      }
    })
}

const expectedOf = (folder: string): readonly Expected[] =>
  (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { traces: readonly Expected[] }).traces

const logsOf = (folder: string): readonly LogRecord[] =>
  readdirSync(folder)
    .filter((name) => /^logs-\d+\.otlp\.json$/.test(name))
    .flatMap((name) => decodeLogsJson(JSON.parse(readFileSync(join(folder, name), 'utf8'))).logs)

const byText = (a: LogRecord, b: LogRecord) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** Those that bring a root before all others. */
function rootsFirst(requests: readonly Request[], expected: readonly Expected[]): readonly Request[] {
  const withRoot = new Set(expected.flatMap(({ rootInRequest }) => rootInRequest ?? []))
  const hasRoot = ({ file }: Request) =>
    file.startsWith('request') && withRoot.has(Number(file.split('-')[1]))
  return [...requests.filter(hasRoot), ...requests.filter((request) => !hasRoot(request))]
}

const isOfLogs = ({ path }: Request) => path === '/v1/logs'
const notOfLogs = (request: Request) => !isOfLogs(request)

type Arrange = (requests: readonly Request[], expected: readonly Expected[]) => readonly Request[]

const ARRIVALS: readonly (readonly [string, Arrange])[] = [
  ['as they were sent', (requests) => requests],
  ['the roots first', rootsFirst],
  ['log records first', (requests) => [...requests.filter(isOfLogs), ...requests.filter(notOfLogs)]],
  ['log records last', (requests) => [...requests.filter(notOfLogs), ...requests.filter(isOfLogs)]],
  ['every one twice', (requests) => requests.flatMap((request) => [request, request])],
]

async function checkTrace(gateway: ReplayGateway, wanted: Expected): Promise<void> {
  const trace = await gateway.read<Trace>(`traces/${wanted.traceId}`)
  const { spans } = decodeSpanColumns(await gateway.read(`traces/${wanted.traceId}/spans`))
  const { input, output, rootCause } = trace
  const read = {
    summary: { ...trace, spanCount: spans.length },
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    rootCause,
    rootSpanName: spans.find(({ parentId }) => parentId === null)?.name ?? null,
  }
  expect(readingOf(read)).toEqual({
    ...statedReading(wanted, read),
    ...(wanted.incomplete && { status: 'pending' }),
  })
  expect(trace.spanCount).toBe(wanted.spanCount)
  for (const message of statedMessages(wanted)) expect(rootCause?.message).toContain(message)
  if (wanted.retrieval !== null) await checkRetrieval(gateway, wanted.traceId, wanted.retrieval, spans)
}

async function checkRetrieval(
  gateway: ReplayGateway,
  traceId: string,
  wanted: readonly StatedDocument[],
  spans: readonly SpanOutline[],
): Promise<void> {
  const details = await Promise.all(
    spans.map(({ spanId }) => gateway.read<SpanDetail>(`traces/${traceId}/spans/${spanId}`)),
  )
  // Where the search has no span of its own the step that uses the documents has them.
  const said = details.flatMap(({ meaning }) =>
    meaning.documents === undefined ? [] : [documentsAs(meaning.documents, wanted)],
  )
  expect(said).toContainEqual(statedDocuments(wanted))
}

const folders = readdirSync(CAPTURES).filter((name) => existsSync(join(CAPTURES, name, 'expected.json')))

it('has captures to replay', () => {
  expect(folders.length).toBeGreaterThanOrEqual(28)
})

describe.each(ARRIVALS)('captures replayed %s', (_, arrange) => {
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await openReplayGateway()
    // Captures know nothing of each other: their requests come in their order, and side by side.
    await Promise.all(
      folders.map(async (folder) => {
        const path = join(CAPTURES, folder)
        for (const request of arrange(requestsOf(path), expectedOf(path)))
          await gateway.send(request.body, request)
      }),
    )
  })
  afterAll(() => gateway.close())

  describe.each(folders)('%s', (folder) => {
    it.each(
      expectedOf(join(CAPTURES, folder)).map(
        (wanted, index) => [`${index + 1}: ${wanted.note}`, wanted] as const,
      ),
    )('reads turn %s', async (_note, wanted) => {
      await checkTrace(gateway, wanted)
    })
  })

  it('keeps every log record of a trace once, in order of time', async () => {
    const sent = folders.flatMap((folder) => logsOf(join(CAPTURES, folder)))
    expect(sent.length).toBeGreaterThan(20)
    for (const id of new Set(sent.map(({ traceId }) => traceId))) {
      const { logs, complete } = await gateway.read<LogList>(`traces/${id}/logs`)
      const own = sent.filter(({ traceId }) => traceId === id)
      expect(complete).toBe(true)
      expect(logs.toSorted(byText)).toEqual(own.toSorted(byText))
      expect(logs.map(({ time }) => time)).toEqual(own.map(({ time }) => time).toSorted((a, b) => a - b))
      const named = own.filter(({ spanId }) => spanId !== null)
      const [first] = named
      const detail = await gateway.read<SpanDetail>(`traces/${id}/spans/${first?.spanId}`)
      expect(detail.logs?.toSorted(byText)).toEqual(
        named.filter(({ spanId }) => spanId === first?.spanId).toSorted(byText),
      )
    }
  })

  it('lists each trace once, and no other', async () => {
    const { items } = await gateway.read<{ items: readonly TraceSummary[] }>('traces?kind=any&limit=1000')
    const wanted = folders.flatMap((folder) => expectedOf(join(CAPTURES, folder)))
    expect(items.map(({ traceId }) => traceId).toSorted()).toEqual(
      wanted.map(({ traceId }) => traceId).toSorted(),
    )
  })
})
