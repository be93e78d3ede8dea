import type { ServerResponse } from 'node:http'
import { type Context, Hono } from 'hono'
import type { TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { DOWNLOAD_FORMATS, type DownloadFormat, writeTrace } from '../../formats/trace-download.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { PARAMS } from '../../wire/parameters.ts'
import { pathId, refuseParams, single } from '../api/request-params.ts'
import { type FindSource, sourceOf } from '../api/source-routes.ts'
import type { CsvChunk } from './csv.ts'
import { csvStream } from './csv-stream.ts'
import { ExportGate } from './export-gate.ts'

const isFormat = (name: string): name is DownloadFormat =>
  (DOWNLOAD_FORMATS as readonly string[]).includes(name)

function formatOf(context: Context): DownloadFormat {
  const name = single(context, PARAMS.format) ?? 'otlp'
  if (isFormat(name)) return name
  throw new SourceError('bad-request', `format: one of ${DOWNLOAD_FORMATS.join(', ')}`)
}

/** A name that every file system takes. */
const fileName = (id: string, format: DownloadFormat): string =>
  `trace-${id.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80)}.${format}.json`

/** What was read ahead, and the rest. */
async function* resumed(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<CsvChunk> {
  const chunk = (text: string): CsvChunk => ({ text, traces: 0, rows: 0 })
  if (!first.done) yield chunk(first.value)
  for await (const text of rest) yield chunk(text)
}

/** One trace as a file: `…/traces/:traceId/download?format=otlp|jaeger`, streamed; both open again by import. */
export function downloadRoutes(find: FindSource, gate = new ExportGate()): Hono {
  const app = new Hono()
  const download = async (context: Context, leave: () => void): Promise<Response> => {
    const format = formatOf(context)
    refuseParams(context, [PARAMS.format])
    const source = await sourceOf(find, context)
    const id = pathId<TraceId>(context, 'traceId', 'traceId')
    const cancel = new AbortController()
    const { signal } = context.req.raw
    if (signal.aborted) cancel.abort(signal.reason)
    signal.addEventListener('abort', () => cancel.abort(signal.reason), { once: true })
    const spans = source.streamSpans(id, cancel.signal)
    const { logs } = await source.getLogs(id, cancel.signal)
    const chunks = writeTrace(format, { traceId: id, spans, logs })
    // A source that fails at once gets a status that says so.
    const first = await chunks.next()
    const outgoing = (context.env as { outgoing?: ServerResponse } | undefined)?.outgoing
    const body = csvStream(resumed(first, chunks), cancel, {
      onWrote: () => {},
      onDone: leave,
      onCancelled: leave,
      onFailed: (error) => {
        leave()
        console.error(`turnscope: a download broke off: ${error}`)
      },
      stallMs: gate.limits.stallMs,
      ...(outgoing && { breakConnection: () => outgoing.destroy() }),
    })
    return new Response(body, {
      headers: {
        'content-type': 'application/json',
        'content-disposition': `attachment; filename="${fileName(id, format)}"`,
        'cache-control': 'no-store',
      },
    })
  }
  app.get(PATHS.download, async (context) => {
    const leave = gate.enter()
    try {
      return await download(context, leave)
    } catch (error) {
      leave()
      throw error
    }
  })
  return app
}
