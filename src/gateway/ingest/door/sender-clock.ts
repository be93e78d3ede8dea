import { Refusal } from './refusal.ts'

/** How slow a sender may be. */
export interface SenderPace {
  /** The lowest rate of a body, averaged over `patienceMs`. */
  readonly bytesPerSecond: number
  /** How long a sender may be silent; what it sends buys time at the lowest rate, up to this. */
  readonly patienceMs: number
  /** How long one body may be waited for, all its pauses together. */
  readonly longestMs: number
}

const TICK_MS = 250
/** From here on a sender is slow enough to make room for others, where they need it. */
const SLOW_AFTER_MS = 750
const SLOW_BYTES_PER_SECOND = 65_536

const waiting = new Set<SenderClock>()
let ticking: NodeJS.Timeout | undefined

// Time is charged tick by tick, so that a while in which this process itself was busy costs no sender anything:
// a timer that is late fires once.
const tick = (): void => {
  if (waiting.size === 0) {
    clearInterval(ticking)
    ticking = undefined
  }
  for (const clock of waiting) clock.charge(TICK_MS)
}

const startWaiting = (clock: SenderClock): void => {
  waiting.add(clock)
  ticking ??= setInterval(tick, TICK_MS).unref()
}

/**
 * Measures how long one request's sender keeps us waiting. The clock runs only while bytes are asked for and none
 * are there: not while they are unpacked, decoded or stored.
 */
export class SenderClock {
  private readonly pace: SenderPace
  private patienceMs: number
  private waitedMs = 0
  private bytes = 0
  private refusal: Refusal | undefined
  private interrupt: ((refusal: Refusal) => void) | undefined

  constructor(pace: SenderPace) {
    this.pace = pace
    this.patienceMs = pace.patienceMs
  }

  /**
   * Waits for the sender's next bytes.
   * @throws Refusal `too-slow`, or the one that `drop` was given; what was asked for then stays open.
   */
  async receive(
    next: Promise<IteratorResult<Uint8Array, unknown>>,
  ): Promise<IteratorResult<Uint8Array, unknown>> {
    this.check()
    try {
      const arrived = await new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
        this.interrupt = reject
        startWaiting(this)
        next.then(resolve, reject)
      })
      if (!arrived.done) this.received(arrived.value.byteLength)
      return arrived
    } finally {
      this.interrupt = undefined
      waiting.delete(this)
    }
  }

  private received(bytes: number): void {
    this.bytes += bytes
    const bought = (bytes / this.pace.bytesPerSecond) * 1000
    this.patienceMs = Math.min(this.pace.patienceMs, this.patienceMs + bought)
  }

  /** Counts a time in which nothing came. */
  charge(ms: number): void {
    this.waitedMs += ms
    this.patienceMs -= ms
    if (this.patienceMs <= 0) this.drop(new Refusal('too-slow', 'the body comes too slowly'))
    else if (this.waitedMs > this.pace.longestMs)
      this.drop(new Refusal('too-slow', `the body took longer than ${this.pace.longestMs / 1000} s`))
  }

  /** Whether others may be preferred: it is waited for, has been for a while, and little came. */
  get isSlow(): boolean {
    if (this.interrupt === undefined || this.waitedMs < SLOW_AFTER_MS) return false
    return (this.bytes / this.waitedMs) * 1000 < SLOW_BYTES_PER_SECOND
  }

  get waited(): number {
    return this.waitedMs
  }

  get isDropped(): boolean {
    return this.refusal !== undefined
  }

  /** Gives the sender up: what waits for it, and whatever it asks later, fails with this. */
  drop(refusal: Refusal): void {
    this.refusal ??= refusal
    this.interrupt?.(this.refusal)
  }

  /** @throws Refusal where the sender was given up. */
  check(): void {
    if (this.refusal !== undefined) throw this.refusal
  }
}

/** A body as it comes, watched by a clock. Of a sender that was given up, what is still unread is left. */
export async function* receivedBy(
  clock: SenderClock,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  let isOpen = true
  try {
    for (;;) {
      const next = await clock.receive(iterator.next())
      if (next.done) {
        isOpen = false
        return
      }
      yield next.value
    }
  } finally {
    // Not waited for: it would queue behind a read that may never end.
    if (isOpen && !clock.isDropped) iterator.return?.().catch(() => undefined)
  }
}
