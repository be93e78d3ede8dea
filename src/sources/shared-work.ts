/**
 * One piece of work for everybody who asks for it meanwhile. Each waits by a signal of their own; the work is
 * given up once nobody waits any more.
 */
export class SharedWork<Value> {
  readonly #abort = new AbortController()
  readonly #done: Promise<Value>
  #waiting = 0
  #ended = false

  constructor(run: (signal: AbortSignal) => Promise<Value>) {
    this.#done = run(this.#abort.signal)
    const end = () => {
      this.#ended = true
    }
    // Whoever waits hears of a failure; that nobody does is no unhandled one.
    this.#done.then(end, end)
  }

  /** Whether everybody left before it was done: it cannot be joined any more. */
  get abandoned(): boolean {
    return this.#abort.signal.aborted
  }

  /** The outcome; rejects with the signal's reason once it is aborted. */
  async join(signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted()
    this.#waiting++
    let leave = (): void => {}
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
    })
    try {
      return await Promise.race([this.#done, left])
    } finally {
      signal.removeEventListener('abort', leave)
      if (--this.#waiting === 0 && !this.#ended) {
        this.#abort.abort(new DOMException('nobody waits any more', 'AbortError'))
      }
    }
  }
}
