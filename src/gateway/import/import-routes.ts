import { type Context, Hono } from 'hono'
import { SourceError } from '../../domain/port/source-error.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { errorBody } from '../../wire/error-body.ts'
import { jsonReply } from '../api/reply.ts'
import { DEFAULT_INGEST_LIMITS, type TextLimits } from '../ingest/door/ingest-limits.ts'
import { REFUSALS, Refusal } from '../ingest/door/refusal.ts'
import { SenderClock, type SenderPace } from '../ingest/door/sender-clock.ts'
import type { SpanSink } from '../ingest/door/span-sink.ts'
import { type ImportEvent, importFile } from './import-file.ts'

export interface ImportParts {
  readonly sink: SpanSink
  readonly readOnly: boolean
  /** How long texts may be; by default as they are elsewhere. */
  readonly texts?: TextLimits
  /** Whether this request may bring traces in. */
  readonly mayImport: (context: Context) => boolean
  /** How slow a file may come while it is waited for; it may take as long as it needs. */
  readonly pace?: SenderPace
}

/** A file is waited for as other bodies are, but its length has no bound. */
const FILE_PACE: SenderPace = { ...DEFAULT_INGEST_LIMITS.pace, longestMs: Number.POSITIVE_INFINITY }

const line = (event: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(event)}\n`)

/** An event as a line of the reply: `{type, …report}`. */
const lineOf = ({ type, report }: ImportEvent): Uint8Array => line({ type, ...report })

const failureLine = (error: unknown): Uint8Array => {
  if (error instanceof Refusal) return line({ type: 'error', ...errorBody('timeout', error.message) })
  if (error instanceof SourceError) {
    return line({ type: 'error', ...errorBody(error.kind, error.message, error.retryAfterMs) })
  }
  console.error(
    `turnscope: an import failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
  )
  return line({ type: 'error', ...errorBody('internal', 'the gateway failed; its log says how') })
}

/** The rest of a body that is of no use: read off, so that its sender gets to the answer. */
async function discard(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next());
  } catch {
    // The sender has gone: nobody waits for the answer.
  }
}

/**
 * One pass over a body that may be left and taken up again: leaving a loop over it does not close it. The clock
 * runs only while more is asked for: a file that is stored slowly is not a slow sender's.
 */
function unclosing(
  body: ReadableStream<Uint8Array> | null,
  clock: SenderClock,
): AsyncIterableIterator<Uint8Array> {
  const reader = body?.getReader()
  return {
    next: async () => {
      if (reader === undefined) return { done: true, value: undefined }
      const read = await clock.receive(reader.read() as Promise<IteratorResult<Uint8Array>>)
      return read.done ? { done: true, value: undefined } : { done: false, value: read.value }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function refuse(context: Context, parts: ImportParts): void {
  if (!parts.mayImport(context)) throw new SourceError('unauthorized', 'this explorer asks for its token')
  if (parts.readOnly) throw new SourceError('forbidden', 'this explorer is read-only: it takes no traces')
  if ((context.req.header('content-type') ?? '').startsWith('multipart/')) {
    throw new SourceError('bad-request', 'the file is sent as the body itself, not as a part of a form')
  }
}

/**
 * `POST /api/v1/import`: the body is the file (gzip or not). The answer is JSON lines: `progress` while it is
 * read, then `done` with the report, or `error`; an answer without one of the two was cut off. A file that
 * is of no known format is a 400 at once.
 */
export function importRoutes(parts: ImportParts): Hono {
  const app = new Hono()
  app.post(PATHS.import, async (context) => {
    refuse(context, parts)
    const { signal } = context.req.raw
    const body = unclosing(context.req.raw.body, new SenderClock(parts.pace ?? FILE_PACE))
    const events = importFile(body, parts.sink, signal, parts.texts)
    let first: IteratorResult<ImportEvent>
    try {
      first = await events.next()
    } catch (error) {
      if (error instanceof Refusal) {
        const { status } = REFUSALS[error.reason]
        const reply = await jsonReply(context, errorBody('timeout', error.message), status)
        reply.headers.set('connection', 'close')
        return reply
      }
      await discard(body)
      throw error
    }
    const reply = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        // The file is read on whether or not the progress is: a few lines a second are all that can pile up.
        try {
          for (let next = first; !next.done; next = await events.next()) {
            if (!signal.aborted) controller.enqueue(lineOf(next.value))
          }
        } catch (error) {
          if (!signal.aborted) controller.enqueue(failureLine(error))
          await discard(body)
        }
        if (!signal.aborted) controller.close()
      },
    })
    return new Response(reply, {
      headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
    })
  })
  return app
}
