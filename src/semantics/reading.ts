import type { AttributeValue, SpanOutline, Usage } from '../domain/model/span.ts'
import type {
  CallTurn,
  Counted,
  Feedback,
  Measured,
  ModelUsage,
  ParticipantData,
  RecordedChange,
  Trace,
  TraceFacets,
  TraceSummary,
} from '../domain/model/trace.ts'
import type { DurationMicros, Micros, TraceId } from '../domain/model/units.ts'
import type { ReplyFacts } from './conventions/rasa/rasa-replies.ts'
import type { VoiceFacts } from './conventions/rasa/rasa-voice.ts'

/** A candidate for a concept of the trace: the lower the rank, the earlier its key stands in the table. */
export interface Ranked<Value> {
  readonly rank: number
  readonly value: Value
}

/** From this rank on a text is a guess: the only one among what a step was given. */
export const GUESSED = 1_000

/**
 * What one span says, read from the span alone (and its log records): sparse, serializable, without
 * payloads. A trace's summary is made from these alone, so a late span never needs the others' payloads again.
 */
export interface SpanFacts {
  readonly chatbot?: Ranked<string>
  readonly version?: Ranked<string>
  readonly session?: Ranked<string>
  readonly channel?: Ranked<string>
  readonly participant?: Ranked<string>
  readonly participantName?: string
  readonly environment?: Ranked<string>
  readonly tags?: readonly string[]
  readonly feedback?: readonly Feedback[]
  /** Readable text, whole. */
  readonly input?: Ranked<string>
  readonly output?: Ranked<string>
  /** Of a retrieval: what was looked for. */
  readonly query?: string
  readonly model?: string
  /** Who answered: of what calls a model. */
  readonly provider?: string
  /** The class or part of the bot that the step belongs to. */
  readonly component?: string
  /** Of a retrieval: what was searched, and how many documents came; 0 only where it says so. */
  readonly vectorStore?: string
  readonly documents?: number
  /** Of a generation: its answer came in parts. */
  readonly streamed?: true
  readonly usage?: Usage
  readonly embeddingTokens?: number
  readonly cost?: number
  readonly timeToFirstToken?: DurationMicros
  readonly tool?: string
  readonly flows?: readonly string[]
  readonly errorType?: string
  /** The failure's message, longer than the outline's and without its type. */
  readonly errorMessage?: string
  readonly participantData?: ParticipantData
  /** Participant data when the work ended; what it was at the start stands on another span. */
  readonly dataAtEnd?: AttributeValue
  /** What became of it. */
  readonly dataChanges?: readonly RecordedChange[]
  readonly sessionData?: AttributeValue
  /** Whose rules apply to the span beyond its keys. */
  readonly convention?: 'rasa'
  /** Of a generation: something proves that a model was called. */
  readonly called?: true
  /** Of an agent: it was made, and asked nothing. */
  readonly setUp?: true
  /** It stands for a whole loop of calls that have no spans of their own. */
  readonly hidesCalls?: true
  /** Its instrumentation sees calls of models and no tools. */
  readonly callsOnly?: true
  /** Of a tool: it names none. */
  readonly unnamedTool?: true
  /** Input tokens are the sender's reckoning of the prompt. */
  readonly estimated?: true
  /** It took a request in from elsewhere: its parent may be of a trace that never comes. */
  readonly entry?: true
  /** Its parent is said to be of another process. */
  readonly remoteParent?: true
  readonly voice?: VoiceFacts
  readonly reply?: ReplyFacts
  /** What tells the bot from others where its service goes by a library's default name. */
  readonly deployment?: string
}

/** One span read by itself. `outline.state` is `ok`, `error` or `running` here: judging needs the whole trace. */
export interface SpanReading {
  readonly outline: SpanOutline
  readonly facts: SpanFacts
}

/** A whole trace as read from its spans. */
export interface TraceReading {
  /** Status is `ok` or `error` here; the caller makes it `pending` by `rootSeen` and the time of arrival. */
  readonly summary: TraceSummary
  readonly facets: TraceFacets
  /** Every outline with its judged state (and duplicates marked), in the order given. */
  readonly outlines: readonly SpanOutline[]
  readonly rootSeen: boolean
  /** Whole texts: the summary's are cut. */
  readonly input?: string
  readonly output?: string
  readonly participantData?: ParticipantData
  readonly sessionData?: AttributeValue
  readonly rootCause?: NonNullable<Trace['rootCause']>
  readonly callTurns?: readonly CallTurn[]
  readonly models?: readonly ModelUsage[]
  readonly counted?: Counted
  /** Where the spans are, where a recorder says so; null = there are none. Absent = with the trace. */
  readonly spansAt?: Trace['spans']
  readonly externalUrl?: string
  /** Not part of any total shown as tokens of language models. */
  readonly embeddingTokens?: Measured
}

/** What summarising needs beside the readings. */
export interface TraceContext {
  readonly traceId: TraceId
}

/** How long after the newest arrival a trace without its root counts as pending. */
export const PENDING_WINDOW: DurationMicros = (5 * 60 * 1_000_000) as DurationMicros

/** Whether a trace is still awaited. */
export const isPending = (rootSeen: boolean, newestArrival: Micros, now: Micros): boolean =>
  !rootSeen && now - newestArrival < PENDING_WINDOW
