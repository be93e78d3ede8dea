import { SourceError } from '../../domain/port/source-error.ts'

/** So many calls at a time, so many more that wait for their turn; what is beyond is refused at once. */
export class CallSlots {
  readonly #most: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(most: number, mostWaiting: number) {
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** Runs a call once there is a slot. Rejects with the signal's reason where that comes first. */
  async run<Value>(call: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    await this.take(signal)
    try {
      return await call()
    } finally {
      this.free()
    }
  }

  /** Waits for a slot; whoever takes one frees it. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#busy < this.#most) {
      this.#busy++
      return
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new SourceError('rate-limited', 'too many questions wait for this backend', {
        retryAfterMs: 1_000,
      })
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        const at = this.#waiting.indexOf(turn)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(signal.reason)
      }
      this.#waiting.push(turn)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** Hands the slot to who waits longest. */
  free(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#busy--
  }
}
