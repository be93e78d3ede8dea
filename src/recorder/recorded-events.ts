import type { EventEnd, EventOptions, FeedbackOptions, TraceOptions } from './options.ts'

export type EventType =
  | 'MESSAGE'
  | 'TOOL'
  | 'AGENT'
  | 'RETRIEVAL'
  | 'GENERATION'
  | 'ROUTER'
  | 'SYSTEM'
  | 'CUSTOM'
  | 'FEEDBACK'

/** Takes one event, as the explorer's API reads it. */
export type Emit = (event: { readonly [key: string]: unknown }) => void

/** Microseconds since 1970, finer than the wall clock's milliseconds. */
const now = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

/** Some runtimes have no `crypto`; an id has to be unlike others, no more. */
const newId = (): string =>
  globalThis.crypto?.randomUUID?.() ??
  Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')

/** What the events of a turn share. */
interface Turn {
  readonly options: TraceOptions
  readonly interactionId: string
  readonly emit: Emit
  /** The first message of the turn: what is recorded on the turn itself stands below it. */
  messageId: string | undefined
}

const common = ({ options, interactionId }: Turn) => ({
  conversation_id: options.conversationId,
  interaction_id: interactionId,
  session_id: options.sessionId,
  channel_id: options.channelId,
  user: options.user,
  metadata: options.metadata,
})

/** What an event is opened with; a text alone is its input. */
type Opening = EventOptions | string

const optionsOf = (opening: Opening | undefined): EventOptions =>
  typeof opening === 'string' ? { input: opening } : (opening ?? {})

/** Opens events below a turn or below another event. */
class Opener {
  protected readonly turn: Turn
  private readonly parentId: string | undefined

  constructor(turn: Turn, parentId: string | undefined) {
    this.turn = turn
    this.parentId = parentId
  }

  /** A call of a function, a database or a service. */
  tool(options?: Opening): RecordedEvent {
    return this.open('TOOL', options)
  }

  /** A step of reasoning, or a decision. */
  agent(options?: Opening): RecordedEvent {
    return this.open('AGENT', options)
  }

  /** A search for documents; its output `[{chunk, score}]` is shown as such. */
  retrieval(options?: Opening): RecordedEvent {
    return this.open('RETRIEVAL', options)
  }

  /** A prompt and its completion. */
  generation(options?: Opening): RecordedEvent {
    return this.open('GENERATION', options)
  }

  /** A choice of path. */
  router(options?: Opening): RecordedEvent {
    return this.open('ROUTER', options)
  }

  /** Infrastructure: a cache warmed, an error of the platform. */
  system(options?: Opening): RecordedEvent {
    return this.open('SYSTEM', options)
  }

  /** The application's own. */
  event(options?: Opening): RecordedEvent {
    return this.open('CUSTOM', options)
  }

  /** A rating or comment; it is recorded at once. */
  feedback(options: FeedbackOptions): void {
    const at = now()
    this.turn.emit({
      ...common(this.turn),
      type: 'FEEDBACK',
      task: 'feedback',
      trace_id: newId(),
      parent_id: this.parentId ?? this.turn.messageId,
      feedback_tag: options?.tag,
      feedback_text: options?.text,
      start_timestamp: at,
      end_timestamp: at,
    })
  }

  protected open(type: EventType, options: Opening | undefined): RecordedEvent {
    const parentId = type === 'MESSAGE' ? undefined : (this.parentId ?? this.turn.messageId)
    const event = new RecordedEvent(this.turn, type, optionsOf(options), parentId)
    if (type === 'MESSAGE') this.turn.messageId ??= event.id
    return event
  }
}

/** One turn of a conversation. */
export class RecordedTrace extends Opener {
  /** Names the turn in the explorer: its trace id. */
  readonly interactionId: string

  constructor(options: TraceOptions, emit: Emit) {
    const interactionId = options?.interactionId ?? newId()
    super({ options, interactionId, emit, messageId: undefined }, undefined)
    this.interactionId = interactionId
  }

  /** The user's message; its output is the bot's answer. */
  message(options?: Opening): RecordedEvent {
    return this.open('MESSAGE', options)
  }
}

/** An event that is open until it ends, and opens others below itself. */
export class RecordedEvent extends Opener {
  readonly id: string
  private readonly type: EventType
  private readonly options: EventOptions
  private readonly parent: string | undefined
  private readonly start = now()
  private ended = false

  constructor(turn: Turn, type: EventType, options: EventOptions, parent: string | undefined) {
    const id = newId()
    super(turn, id)
    this.id = id
    this.type = type
    this.options = options
    this.parent = parent
  }

  /** Records the event with its output. Ending it again does nothing. */
  end(output?: unknown, more?: EventEnd): void {
    if (this.ended) return
    this.ended = true
    const { task, input, model, parameters, custom: opened } = this.options
    const described = Object.entries({ ...opened, ...more?.custom, model, parameters, usage: more?.usage })
    this.turn.emit({
      ...common(this.turn),
      type: this.type,
      task: task ?? this.type.toLowerCase(),
      trace_id: this.id,
      parent_id: this.parent,
      input,
      output,
      custom: Object.fromEntries(described.filter(([, value]) => value !== undefined)),
      start_timestamp: this.start,
      end_timestamp: now(),
    })
  }

  /** Ends the event as failed. */
  fail(error: unknown, more?: EventEnd): void {
    this.end(`Error: ${error instanceof Error ? error.message : String(error)}`, more)
  }

  /** Runs the bot's own work inside the event: what it returns is the output, what it throws fails it and is thrown on. */
  async run<Result>(work: (event: this) => Result | Promise<Result>): Promise<Result> {
    try {
      const result = await work(this)
      this.end(result)
      return result
    } catch (error) {
      this.fail(error)
      throw error
    }
  }
}
