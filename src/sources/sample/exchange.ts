import type { AttributeValue } from '../../domain/model/span.ts'
import type { Feedback } from '../../domain/model/trace.ts'
import type { Random } from './random.ts'

export type Data = { readonly [key: string]: AttributeValue }

export interface Failure {
  readonly type: string
  readonly message: string
  readonly stack?: string
}

/** A tool that a turn calls, as its script plans it. */
export interface ToolPlan {
  readonly name: string
  readonly arguments: Data
  readonly result: AttributeValue
  /** Seconds that it usually takes. */
  readonly seconds: number
  /** The host behind it, named in its timeouts. */
  readonly host: string
}

export interface Document {
  readonly id: string
  readonly content: string
  readonly score: number
}

export interface RetrievalPlan {
  readonly query: string
  readonly documents: readonly Document[]
}

/** One line of a script: what is said, and what it takes to answer. */
export interface Line {
  readonly user: string
  readonly bot: string
  readonly flow?: string
  readonly slots?: readonly string[]
  readonly tools?: readonly ToolPlan[]
  readonly retrieval?: RetrievalPlan
  /** The change that this turn makes to what is known of the participant. */
  readonly patch?: (data: Data) => Data
  readonly tags?: readonly string[]
  readonly feedback?: readonly Feedback[]
}

/** Who is talking, as the scripts see them. */
export interface Caller {
  readonly random: Random
  readonly id: string
  readonly name: string
  readonly language: string
  readonly data: Data
}

export type Script = (caller: Caller) => readonly Line[]

export interface LlmStep {
  readonly kind: 'llm'
  readonly purpose: 'plan' | 'answer'
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly reasoningTokens?: number
  readonly seconds: number
  readonly text?: string
  readonly calls?: readonly ToolPlan[]
  readonly fails?: Failure
}

export interface ToolStep {
  readonly kind: 'tool'
  readonly tool: ToolPlan
  readonly seconds: number
  readonly callId: string
  readonly fails?: Failure
}

export interface RetrievalStep {
  readonly kind: 'retrieval'
  readonly retrieval: RetrievalPlan
  readonly embeddingTokens: number
  readonly seconds: number
}

/** A fault of the pipeline itself, before or after the model. */
export interface PipelineStep {
  readonly kind: 'pipeline'
  readonly node: string
  readonly fails: Failure
}

export type Step = LlmStep | ToolStep | RetrievalStep | PipelineStep

/** Which model a chatbot calls and what it costs, USD per million tokens. */
export interface Model {
  readonly requested: string
  readonly answered: string
  readonly provider: string
  readonly inputPrice: number
  readonly cachedPrice: number
  readonly outputPrice: number
}

/** What a chatbot is, for every turn of one of its versions. */
export interface Deployment {
  readonly chatbot: string
  readonly version: string
  readonly environment: string
  readonly channel: string
  readonly model: Model
  readonly system: string
}

/** One turn, planned: who, what, and every step with its length and outcome. Written out by a convention. */
export interface Turn {
  readonly deployment: Deployment
  readonly session: string
  readonly participant: { readonly id: string; readonly name: string }
  readonly language: string
  /** Microseconds since the epoch. */
  readonly start: number
  readonly index: number
  readonly line: Line
  /** null = the turn failed before an answer. */
  readonly bot: string | null
  readonly steps: readonly Step[]
  readonly history: readonly { readonly user: string; readonly bot: string | null }[]
  readonly before: Data
  readonly after: Data
  readonly sessionData: Data
  readonly tags: readonly string[]
}
