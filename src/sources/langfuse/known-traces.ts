import type { Span } from '../../domain/model/span.ts'
import type { Feedback } from '../../domain/model/trace.ts'
import { type Micros, micros, type SpanId, type TraceId } from '../../domain/model/units.ts'
import { type ReadRow, readTrace, type TraceReader } from '../backend/read-trace.ts'

/** A trace as it was last read. */
export interface KnownTrace {
  readonly read: ReadRow
  /** Some may lack their texts and metadata. */
  readonly spans: readonly Span[]
  /** Those that do not. */
  readonly whole: ReadonlySet<SpanId>
  readonly problems: readonly string[]
  /** Characters of the replies that it came in, about. */
  readonly size: number
  /** What its numbers could not be read of, in words: they are unknown then. */
  readonly unread?: string
}

export interface TraceParts {
  readonly id: TraceId
  readonly spans: readonly Span[]
  readonly whole: ReadonlySet<SpanId>
  readonly feedback: readonly Feedback[]
  readonly problems: readonly string[]
  readonly size: number
  /** When its newest part came, where that is known. */
  readonly arrival?: number
  /** When it began, where the backend says so of the trace itself. */
  readonly startTime?: Micros
  readonly externalUrl?: string
}

/** Makes a trace's row of what was read of it. */
export async function knownTraceOf(reader: TraceReader, parts: TraceParts): Promise<KnownTrace> {
  const { id, spans, whole, problems, size, feedback, externalUrl, startTime } = parts
  const read = await readTrace(reader, id, spans)
  const { summary } = read.reading
  return {
    read: {
      ...read,
      newestEnd: micros(Math.max(parts.arrival ?? 0, read.newestEnd)),
      reading: {
        ...read.reading,
        summary: {
          ...summary,
          ...(startTime !== undefined && { startTime }),
          feedback: [...summary.feedback, ...feedback],
        },
        ...(externalUrl !== undefined && { externalUrl }),
      },
    },
    spans,
    whole,
    problems,
    size,
  }
}

interface Kept {
  readonly trace: KnownTrace
  readonly until: number
}

/** Bytes of replies, and for how long they are believed, ms: settled traces, and such as may still grow. */
const DEFAULT = { bytes: 64_000_000, ms: 60_000, youngMs: 5_000 }
/** So long after its newest part came a trace may still grow, µs. */
const YOUNG = 900e6

/** Traces that a list showed lately: the next page, a turn's page and an export need no further call for them. */
export class KnownTraces {
  readonly #kept = new Map<TraceId, Kept>()
  readonly #clock: () => number
  readonly #limits: typeof DEFAULT
  #bytes = 0

  constructor(clock: () => number, limits: Partial<typeof DEFAULT> = {}) {
    this.#clock = clock
    this.#limits = { ...DEFAULT, ...limits }
  }

  get(id: TraceId): KnownTrace | undefined {
    const kept = this.#kept.get(id)
    if (kept === undefined) return undefined
    if (kept.until > this.#clock()) return kept.trace
    this.#drop(id)
    return undefined
  }

  keep(id: TraceId, trace: KnownTrace): void {
    this.#drop(id)
    const bytes = bytesOf(trace)
    if (bytes > this.#limits.bytes / 4) return
    const now = this.#clock()
    const isYoung = now * 1000 - trace.read.newestEnd < YOUNG
    this.#kept.set(id, { trace, until: now + (isYoung ? this.#limits.youngMs : this.#limits.ms) })
    this.#bytes += bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#limits.bytes) break
      this.#drop(oldest)
    }
  }

  #drop(id: TraceId): void {
    const kept = this.#kept.get(id)
    if (kept === undefined) return
    this.#bytes -= bytesOf(kept.trace)
    this.#kept.delete(id)
  }
}

/** Two bytes a character, and what is made of it weighs about as much again. */
export const bytesOf = ({ size }: KnownTrace): number => size * 4 + 2_000
