import type { CsvChunk } from './csv.ts'

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
  const finish = (how: () => void): void => {
    if (ended) return
    ended = true
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
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        // A reader that takes nothing asks for nothing: the cancelling must reach it all the same.
        signal.addEventListener('abort', () => fail(controller, signal.reason), { once: true })
      },
      pull: async (controller) => {
        try {
          const { done, value } = await chunks.next()
          if (ended) return
          if (done) {
            finish(end.onDone)
            controller.close()
            return
          }
          end.onWrote(value.traces, value.rows)
          controller.enqueue(encoder.encode(value.text))
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
