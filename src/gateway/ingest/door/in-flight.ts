import type { IngestLimits } from './ingest-limits.ts'
import { Refusal } from './refusal.ts'
import { SenderClock } from './sender-clock.ts'

/** A request up to this size finds room that larger ones leave. */
const SMALL_BYTES = 1_048_576
const KEPT_FOR_SMALL = 1 / 4

const busy = (): Refusal => new Refusal('busy', 'too much is in flight: come again later')

/** One request's share of the memory, and the clock of its sender. */
export class Room {
  readonly clock: SenderClock
  readonly connection: object | undefined
  private readonly owner: InFlight
  private taken = 0

  constructor(owner: InFlight, clock: SenderClock, connection: object | undefined) {
    this.owner = owner
    this.clock = clock
    this.connection = connection
  }

  get held(): number {
    return this.taken
  }

  /**
   * Counts bytes that are about to be kept.
   * @throws Refusal `busy`
   */
  take(bytes: number): void {
    this.clock.check()
    this.owner.reserve(this, bytes)
    this.taken += bytes
  }

  /** Gives everything back. */
  release(): void {
    this.owner.free(this)
    this.taken = 0
  }
}

/**
 * Counts the bytes of all requests under way, so that many senders cannot fill the memory together. Bytes count
 * once they are there, never because they were announced. Where they become too many, senders that stopped or
 * trickle make room first, those that held most for longest before the others.
 */
export class InFlight {
  private bytes = 0
  private readonly rooms = new Set<Room>()
  private readonly perConnection = new WeakMap<object, number>()
  private readonly limits: IngestLimits

  constructor(limits: IngestLimits) {
    this.limits = limits
  }

  /** Room for one request of a connection; `release` must follow. */
  open(connection?: object): Room {
    const room = new Room(this, new SenderClock(this.limits.pace), connection)
    this.rooms.add(room)
    return room
  }

  /** For `Room` alone. */
  reserve(room: Room, bytes: number): void {
    const { bytesInFlight, bytesPerConnection } = this.limits
    const ofConnection = (room.connection && this.perConnection.get(room.connection)) ?? 0
    if (ofConnection + bytes > bytesPerConnection)
      throw new Refusal('busy', 'too much is in flight on this connection: come again later')
    const isSmall = room.held + bytes <= SMALL_BYTES
    const limit = isSmall ? bytesInFlight : bytesInFlight * (1 - KEPT_FOR_SMALL)
    while (this.bytes + bytes > limit) if (!this.dropSlowest()) throw busy()
    this.bytes += bytes
    if (room.connection) this.perConnection.set(room.connection, ofConnection + bytes)
  }

  /** For `Room` alone. */
  free(room: Room): void {
    this.rooms.delete(room)
    this.bytes -= room.held
    if (!room.connection) return
    this.perConnection.set(room.connection, (this.perConnection.get(room.connection) ?? 0) - room.held)
  }

  /** Gives up the slow sender that cost most, memory by time. False where none is slow. */
  dropSlowest(): boolean {
    let slowest: Room | undefined
    const costOf = ({ held, clock }: Room): number => (held + 1) * clock.waited
    for (const room of this.rooms)
      if (room.clock.isSlow && (slowest === undefined || costOf(room) > costOf(slowest))) slowest = room
    if (slowest === undefined) return false
    slowest.release()
    slowest.clock.drop(busy())
    return true
  }
}
