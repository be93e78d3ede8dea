import { SourceError } from '../../domain/port/source-error.ts'
import type { CsvChunk } from './csv.ts'

/** Characters of one write: a long cell is taken in many. */
const WRITTEN = 65_536

/** How an export ended. */
export interface StreamEnd {
  readonly onWrote: (traces: number, rows: number) => void
  readonly onDone: () => void
  /** The reader went away, or the export was cancelled. */
  readonly onCancelled: () => void
  readonly onFailed: (error: unknown) => void
  /**
   * Breaks the connection. A body that merely ended would look whole with its status of 200. Absent where
   * there is no connection: the stream errors then.
   */
  readonly breakConnection?: () => void
  /** A reader that takes nothing for so long has failed, ms; absent = it is waited for. */
  readonly stallMs?: number
}

/** Where a write ends that begins at `start`: no surrogate pair is split. */
const endOfWrite = (text: string, start: number): number => {
  const end = start + WRITTEN
  if (end >= text.length) return text.length
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
}

/**
 * Chunks as a body that is read only as fast as it is taken: nothing is asked of the source while the
 * reader is slow. Whoever goes away stops the reading; a failure midway breaks the connection.
 */
export function csvStream(
  chunks: AsyncGenerator<CsvChunk>,
  cancel: AbortController,
  end: StreamEnd,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const { signal } = cancel
  let ended = false
  let text = ''
  let written = 0
  let stall: NodeJS.Timeout | undefined
  const finish = (how: () => void): void => {
    if (ended) return
    ended = true
    clearTimeout(stall)
    how()
  }
  const stopReading = () => chunks.return(undefined).catch(() => undefined)
  const fail = (controller: ReadableStreamDefaultController, error: unknown): void =>
    finish(() => {
      if (signal.aborted) end.onCancelled()
      else end.onFailed(error)
      if (end.breakConnection) end.breakConnection()
      else controller.error(error)
      cancel.abort(error)
      stopReading()
    })
  const { stallMs } = end
  const awaitReader = (controller: ReadableStreamDefaultController): void => {
    if (stallMs === undefined) return
    const stalled = () =>
      fail(controller, new SourceError('timeout', `the reader took nothing for ${stallMs / 1000} s`))
    stall = setTimeout(stalled, stallMs).unref()
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        // A reader that takes nothing asks for nothing: the cancelling must reach it all the same.
        signal.addEventListener('abort', () => fail(controller, signal.reason), { once: true })
      },
      pull: async (controller) => {
        clearTimeout(stall)
        try {
          while (written === text.length) {
            const { done, value } = await chunks.next()
            if (ended) return
            if (done) {
              finish(end.onDone)
              controller.close()
              return
            }
            end.onWrote(value.traces, value.rows)
            text = value.text
            written = 0
          }
          const until = endOfWrite(text, written)
          controller.enqueue(encoder.encode(text.slice(written, until)))
          written = until
          awaitReader(controller)
        } catch (error) {
          fail(controller, error)
        }
      },
      cancel: async (reason) => {
        finish(end.onCancelled)
        cancel.abort(reason)
        await stopReading()
      },
    },
    { highWaterMark: 0 },
  )
}
