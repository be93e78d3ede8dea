/** How a recorder is set up. */
export interface RecorderOptions {
  /** Where the explorer is, e.g. `http://127.0.0.1:4320`. */
  readonly url: string
  /** Its ingest token, where it asks for one. */
  readonly token?: string
  /** The chatbot that is recorded. */
  readonly chatbot?: string
  readonly chatbotVersion?: string
  /** E.g. `production`. */
  readonly environment?: string
  /** false = nothing is recorded and nothing sent. */
  readonly enabled?: boolean
  /** How long records wait for others to go with them, ms; default 1000. */
  readonly flushIntervalMs?: number
  /** Most records of one request; default 100. */
  readonly batchSize?: number
  /** Most records that wait; beyond it the oldest are dropped; default 10000. */
  readonly maxQueue?: number
  /** How long one request may take, ms; default 10000. */
  readonly timeoutMs?: number
  /** How often a request is tried again; default 8, which takes about two minutes. */
  readonly maxRetries?: number
  /** Told of what could not be recorded, in words. It is never thrown into the bot. */
  readonly onProblem?: (problem: string) => void
  /** For tests, or a proxy of yours; default the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** Whose conversation it is. */
export interface TraceOptions {
  readonly conversationId: string
  /** Names the turn; made where it is not given. */
  readonly interactionId?: string
  readonly sessionId?: string
  readonly channelId?: string
  readonly user?: { readonly id?: string; readonly name?: string }
  readonly metadata?: { readonly [key: string]: unknown }
}

/** What is known of an event when it opens. */
export interface EventOptions {
  /** What it is of: the tool's name, the step; by default its type. */
  readonly task?: string
  readonly input?: unknown
  /** Of generations: the model that was asked. */
  readonly model?: string
  /** Of generations: temperature and the like. */
  readonly parameters?: { readonly [name: string]: unknown }
  readonly custom?: { readonly [key: string]: unknown }
}

/** What is known of an event when it ends. */
export interface EventEnd {
  /** Of generations: `{inputTokens, outputTokens, cost, …}`. */
  readonly usage?: { readonly [name: string]: unknown }
  readonly custom?: { readonly [key: string]: unknown }
}

/** What somebody thought of a turn. */
export interface FeedbackOptions {
  /** E.g. `THUMBS_UP`. */
  readonly tag: string
  readonly text?: string
}
