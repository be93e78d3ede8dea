import { Refusal } from './refusal.ts'

/** Counts the bytes of all requests under way, so that many senders cannot fill the memory together. */
export class InFlight {
  private bytes = 0
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /** Room for one request's bytes; `release` gives all of it back. */
  open(): { take(bytes: number): void; release(): void } {
    let taken = 0
    return {
      take: (bytes) => {
        if (this.bytes + bytes > this.limit)
          throw new Refusal('busy', 'too much is in flight: come again later')
        this.bytes += bytes
        taken += bytes
      },
      release: () => {
        this.bytes -= taken
        taken = 0
      },
    }
  }
}
