import type { GivenFeedback } from '../../../domain/model/given-feedback.ts'
import type { RecordedTurn } from '../../../domain/model/recorded-turn.ts'
import type { LogRecord, Span } from '../../../domain/model/span.ts'
import type { IngestedEvent } from '../../../formats/langfuse/ingested-event.ts'
import type { TurnSink } from '../door/span-sink.ts'

/** Keeps what comes in, for tests; `failWith` makes the next writes fail. */
export class MemorySink implements TurnSink {
  readonly spans: Span[] = []
  readonly logs: LogRecord[] = []
  readonly turns: RecordedTurn[] = []
  readonly feedback: GivenFeedback[] = []
  readonly events: IngestedEvent[] = []
  failWith: Error | undefined

  async addSpans(spans: readonly Span[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.spans.push(...spans)
  }

  async addLogs(logs: readonly LogRecord[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.logs.push(...logs)
  }

  async addTurns(turns: readonly RecordedTurn[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.turns.push(...turns)
  }

  async addFeedback(feedback: readonly GivenFeedback[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.feedback.push(...feedback)
  }

  async addEvents(events: readonly IngestedEvent[]): Promise<void> {
    if (this.failWith) throw this.failWith
    this.events.push(...events)
  }
}
