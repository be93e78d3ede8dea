import type { ServerResponse } from 'node:http'
import { type Context, Hono } from 'hono'
import { microsFromMillis } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { freeze } from '../../domain/query/match.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import type { AnsweringSource } from '../../sources/derived.ts'
import { everyTrace } from '../../sources/every-trace.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { PARAMS } from '../../wire/parameters.ts'
import { jsonReply } from '../api/reply.ts'
import { readQuery, single } from '../api/request-params.ts'
import { type FindSource, sourceOf } from '../api/source-routes.ts'
import { type CsvChunk, csvChunks } from './csv.ts'
import { csvStream } from './csv-stream.ts'
import { ExportGate } from './export-gate.ts'
import { ExportRegister, type TrackedExport } from './export-register.ts'

const EXPORT_NAME = /^[\w-]{1,64}$/

const noSuchExport = (): SourceError => new SourceError('not-found', 'there is no export of that name')

const fileName = (source: string, now: Date): string =>
  `turnscope-${source.replace(/[^\w.-]/g, '_')}-${now.toISOString().slice(0, 16).replace(/[-:]/g, '')}Z.csv`

/** How many traces it will be, where the source knows for certain. */
async function totalOf(
  source: AnsweringSource,
  query: TraceQuery,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (source.info.capabilities.costs.count !== 'exact') return undefined
  const { count, complete } = (await source.count(query, signal)).value
  return complete ? count : undefined
}

/** Puts a chunk that was read ahead back in front. */
async function* resumed(
  first: IteratorResult<CsvChunk>,
  rest: AsyncGenerator<CsvChunk>,
): AsyncGenerator<CsvChunk> {
  try {
    if (first.done) return
    yield first.value
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

const factOf = (error: unknown): string => {
  if (error instanceof SourceError) return error.message
  console.error(
    `turnscope: an export failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
  )
  return 'the gateway failed; its log says how'
}

interface Export {
  readonly source: AnsweringSource
  readonly query: TraceQuery
  readonly cancel: AbortController
  readonly tracked: TrackedExport
  readonly headers: Headers
}

function nameOf(context: Context): string | undefined {
  const name = single(context, PARAMS.export)
  if (name !== undefined && !EXPORT_NAME.test(name)) {
    throw new SourceError('bad-request', 'export: not a name (1 to 64 letters, digits, - and _)')
  }
  return name
}

/** A place among the exports. A page that follows the one that is refused is told. */
function enter(gate: ExportGate, register: ExportRegister, name: string | undefined): () => void {
  try {
    return gate.enter()
  } catch (error) {
    if (name !== undefined) register.begin(name).fail(factOf(error))
    throw error
  }
}

async function begin(context: Context, find: FindSource, register: ExportRegister): Promise<Export> {
  const source = await sourceOf(find, context)
  const name = nameOf(context)
  const now = new Date()
  const query = freeze(readQuery(context, [PARAMS.export]), microsFromMillis(now.getTime()))
  const total = await totalOf(source, query, context.req.raw.signal)
  const tracked = (name === undefined ? new ExportRegister() : register).begin(name ?? 'unnamed', total)
  const cancel = new AbortController()
  for (const signal of [context.req.raw.signal, tracked.signal]) {
    if (signal.aborted) cancel.abort(signal.reason)
    signal.addEventListener('abort', () => cancel.abort(signal.reason), { once: true })
  }
  const headers = new Headers({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${fileName(source.info.id, now)}"`,
    'cache-control': 'no-store',
    ...(total !== undefined && { 'x-turnscope-total-traces': String(total) }),
  })
  return { source, query, cancel, tracked, headers }
}

async function reply(
  context: Context,
  { source, query, cancel, tracked, headers }: Export,
  stallMs: number,
  leave: () => void,
): Promise<Response> {
  const chunks = csvChunks(
    everyTrace(source, query, cancel.signal, { onGap: ({ fact }) => tracked.lacks(fact) }),
    source.info.id,
  )
  let first: IteratorResult<CsvChunk>
  try {
    // A source that fails at once gets a status that says so.
    first = await chunks.next()
  } catch (error) {
    tracked.fail(factOf(error))
    throw error
  }
  const outgoing = (context.env as { outgoing?: ServerResponse } | undefined)?.outgoing
  const body = csvStream(resumed(first, chunks), cancel, {
    onWrote: tracked.wrote,
    onDone: () => {
      leave()
      tracked.settle('done')
    },
    onCancelled: () => {
      leave()
      tracked.settle('cancelled')
    },
    onFailed: (error) => {
      leave()
      tracked.fail(factOf(error))
    },
    stallMs,
    ...(outgoing && { breakConnection: () => outgoing.destroy() }),
  })
  return new Response(body, { headers })
}

/** The CSV export of a source, and how far exports are that a page follows. */
export function csvRoutes(find: FindSource, gate = new ExportGate()): Hono {
  const register = new ExportRegister()
  const app = new Hono()
  app.get(PATHS.csv, async (context) => {
    if (context.req.raw.method === 'HEAD') {
      const { tracked, headers } = await begin(context, find, register)
      tracked.settle('cancelled')
      return new Response(null, { headers })
    }
    const leave = enter(gate, register, nameOf(context))
    try {
      return await reply(context, await begin(context, find, register), gate.limits.stallMs, leave)
    } catch (error) {
      leave()
      throw error
    }
  })
  app.get(PATHS.export, (context) => {
    const progress = register.progress(context.req.param('name'))
    if (!progress) throw noSuchExport()
    return jsonReply(context, progress)
  })
  app.delete(PATHS.export, (context) => {
    if (!register.cancel(context.req.param('name'))) throw noSuchExport()
    return new Response(null, { status: 204 })
  })
  return app
}
