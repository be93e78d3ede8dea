import type { RecorderOptions } from './options.ts'

interface Waiting {
  readonly path: string
  readonly json: string
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
const HURRIED_WAIT_MS = 200
/** A request is closed at this many characters, whatever its count. */
const BATCH_CHARACTERS = 2_000_000

/** What a reply means: done, try again (after so long), or never. */
type Outcome =
  | { readonly done: true }
  | { readonly retryAfterMs: number | null }
  | { readonly problem: string }

/** A timer that does not keep a program alive that is otherwise done. */
const backgroundTimer = (run: () => void, ms: number): ReturnType<typeof setTimeout> => {
  const timer: unknown = setTimeout(run, ms)
  const { unref } = timer as { unref?: () => void }
  if (typeof unref === 'function') unref.call(timer)
  return timer as ReturnType<typeof setTimeout>
}

const isUrl = (text: string): boolean => {
  try {
    return new URL(text).protocol.startsWith('http')
  } catch {
    return false
  }
}

const isRetried = (status: number): boolean => status === 408 || status === 429 || status >= 500

const retryAfter = (reply: Response): number | null => {
  const seconds = Number(reply.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, LONGEST_WAIT_MS) : null
}

/**
 * Carries records to the explorer: in batches, in order, again after failures, one request at a time. What waits
 * is bounded. Nothing here throws.
 */
export class Delivery {
  private readonly options: RecorderOptions
  private waiting: Waiting[] = []
  private timer: ReturnType<typeof setTimeout> | null = null
  private sending: Promise<void> | null = null
  private hurry = false
  private wake: (() => void) | null = null

  constructor(options: RecorderOptions) {
    this.options = options
  }

  /** Takes a record that is JSON already. */
  add(path: string, json: string): void {
    this.waiting.push({ path, json })
    const most = this.options.maxQueue ?? 10_000
    if (this.waiting.length > most) {
      const dropped = this.waiting.length - most
      this.waiting.splice(0, dropped)
      this.problem(`${dropped} records dropped: ${most} wait already`)
    }
    if (this.waiting.length >= this.batchSize) this.start()
    else this.timer ??= backgroundTimer(() => this.start(), this.options.flushIntervalMs ?? 1000)
  }

  /** Sends all that waits, and resolves when it was sent or given up. */
  async flush(): Promise<void> {
    while (this.waiting.length > 0 || this.sending !== null) {
      this.start()
      await this.sending
    }
  }

  /** As flush, without waiting between tries: for the end of a program. */
  async close(): Promise<void> {
    this.hurry = true
    this.wake?.()
    await this.flush()
  }

  problem(text: string): void {
    try {
      this.options.onProblem?.(text)
    } catch {
      // Its own fault, and not the bot's.
    }
  }

  private get batchSize(): number {
    return this.options.batchSize ?? 100
  }

  private start(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.sending ??= this.sendAll()
      .catch((error) =>
        this.problem(`records not recorded: ${error instanceof Error ? error.message : error}`),
      )
      .finally(() => {
        this.sending = null
      })
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.nextBatch()
      await this.sendOrGiveUp(batch)
    }
  }

  /** Records for one path, as many as one request takes. */
  private nextBatch(): readonly Waiting[] {
    const path = this.waiting[0]?.path
    let size = 0
    let count = 0
    for (const { path: own, json } of this.waiting) {
      size += json.length
      if (own !== path || count >= this.batchSize || (count > 0 && size > BATCH_CHARACTERS)) break
      count += 1
    }
    return this.waiting.splice(0, count)
  }

  private async sendOrGiveUp(batch: readonly Waiting[]): Promise<void> {
    let wait = FIRST_WAIT_MS
    for (let tried = 0; ; tried++) {
      const outcome = await this.send(batch)
      if ('done' in outcome) return
      if ('problem' in outcome) {
        this.problem(`${batch.length} records not recorded: ${outcome.problem}`)
        return
      }
      if (tried >= (this.hurry ? 1 : (this.options.maxRetries ?? 8))) {
        this.problem(
          `${batch.length} records not recorded: the explorer did not take them in ${tried + 1} tries`,
        )
        return
      }
      // Half of it by chance, so that many bots do not come back at once.
      await this.pause(outcome.retryAfterMs ?? wait * (0.5 + Math.random() / 2))
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    }
  }

  /** Waits between tries. The end of the program cuts it short. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.hurry) {
        setTimeout(resolve, Math.min(ms, HURRIED_WAIT_MS))
        return
      }
      const timer = backgroundTimer(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private async send(batch: readonly Waiting[]): Promise<Outcome> {
    const { url, token, timeoutMs = 10_000 } = this.options
    try {
      const request = this.options.fetch ?? fetch
      const reply = await request(`${url.replace(/\/+$/, '')}${batch[0]?.path ?? ''}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: `[${batch.map(({ json }) => json).join(',')}]`,
        signal: AbortSignal.timeout(timeoutMs),
      })
      const text = await reply.text()
      if (isRetried(reply.status)) return { retryAfterMs: retryAfter(reply) }
      if (!reply.ok) return { problem: `the explorer answered ${reply.status}: ${text.slice(0, 300)}` }
      this.tellOfRejected(text)
      return { done: true }
    } catch (error) {
      // An address that is none will not become one.
      if (error instanceof TypeError && !isUrl(url)) return { problem: `"${url}" is no URL` }
      return { retryAfterMs: null }
    }
  }

  private tellOfRejected(text: string): void {
    try {
      const { items } = JSON.parse(text) as { items?: readonly { error?: { message?: string } }[] }
      for (const { error } of items ?? [])
        if (error !== undefined) this.problem(`a record was not recorded: ${error.message}`)
    } catch {
      // A reply without items is no explorer's; it was taken all the same.
    }
  }
}
