import { Delivery } from './delivery.ts'
import type { RecorderOptions, TraceOptions } from './options.ts'
import { plainJson } from './plain-json.ts'
import { RecordedTrace } from './recorded-events.ts'

const EVENTS = '/api/v1/events'
const TURNS = '/api/v1/turns'

/** As much of Node's process as is used, where there is one. */
interface HostProcess {
  once?(event: 'beforeExit', listener: () => void): unknown
  off?(event: 'beforeExit', listener: () => void): unknown
}

/**
 * Records what a bot does in Turnscope. It depends on nothing but `fetch`, works in the background, and never
 * throws into the bot: what cannot be recorded is told to `onProblem`. What waits is sent when the program ends
 * by itself; before `process.exit()` await `close()`.
 */
export class Recorder {
  private readonly options: RecorderOptions
  private readonly delivery: Delivery
  private readonly onExit = (): void => {
    void this.delivery.close()
  }

  constructor(options: RecorderOptions) {
    this.options = options
    this.delivery = new Delivery(options)
    this.host?.once?.('beforeExit', this.onExit)
  }

  /** Opens a turn of a conversation. */
  trace(options: TraceOptions): RecordedTrace {
    const { chatbot, chatbotVersion, environment } = this.options
    const metadata = {
      ...(chatbot !== undefined && { chatbot }),
      ...(chatbotVersion !== undefined && { chatbot_version: chatbotVersion }),
      ...(environment !== undefined && { environment }),
      ...options?.metadata,
    }
    return new RecordedTrace({ ...options, metadata }, (event) => this.record(EVENTS, event))
  }

  /** Records a whole turn at once, in the shape that `POST /api/v1/turns` takes. */
  turn(turn: { readonly [field: string]: unknown }): void {
    this.record(TURNS, turn)
  }

  /** Resolves when all that was recorded so far was sent, or given up. */
  flush(): Promise<void> {
    return this.delivery.flush()
  }

  /** Sends what waits with one more try at most; for the end of a program. */
  async close(): Promise<void> {
    this.host?.off?.('beforeExit', this.onExit)
    await this.delivery.close()
  }

  private get host(): HostProcess | undefined {
    return (globalThis as { process?: HostProcess }).process
  }

  private record(path: string, value: unknown): void {
    if (this.options.enabled === false) return
    try {
      this.delivery.add(path, JSON.stringify(plainJson(value)) ?? 'null')
    } catch (error) {
      this.delivery.problem(
        `a record could not be written: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
}
