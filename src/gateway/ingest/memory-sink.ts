import type { LogRecord, Span } from '../../domain/span.ts'
import type { SpanSink } from './span-sink.ts'

/** Keeps what comes in, for tests; `failWith` makes the next writes fail. */
export class MemorySink implements SpanSink {
  readonly spans: Span[] = []
  readonly logs: LogRecord[] = []
  failWith: Error | undefined

  async addSpans(spans: readonly Span[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.spans.push(...spans)
  }

  async addLogs(logs: readonly LogRecord[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.logs.push(...logs)
  }
}
