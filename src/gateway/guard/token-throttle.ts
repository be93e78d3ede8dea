import { createHmac, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'

export const TOO_MANY_TOKENS = 'too many wrong tokens came from this address: come again later'

/** What came with a wrong token. */
export type TokenUse = 'reading' | 'sending' | 'sign-in'

/** Different wrong tokens that one address may try in a window. */
const GUESSES_PER_PEER = 10
/** Of all addresses together; beyond it each may try one. */
const GUESSES_OF_ALL = 600
const WINDOW_MS = 60_000
/** Addresses that are remembered; the one that guessed first goes first. */
const MOST_PEERS = 10_000
const LINES_PER_WINDOW = 10

interface Guesses {
  readonly since: number
  /** Digests of the wrong tokens, so that one that is sent again and again counts once. */
  readonly tokens: Set<string>
  isLogged: boolean
}

/** Whoever owns one IPv6 address owns the 2^64 beside it. */
const groupOf = (peer: string): string => {
  if (!isIPv6(peer) || peer.startsWith('::')) return peer
  const [head = '', tail] = peer.split('%', 1)[0]?.split('::') ?? []
  const groups = head.split(':')
  if (tail !== undefined)
    groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - tail.split(':').length) }, () => '0'))
  return groups.slice(0, 4).join(':')
}

/**
 * Slows the guessing of tokens down. An address that tried too many different ones is not listened to for the rest
 * of a minute, so that a right guess would tell it nothing; other addresses are. A program that sends one outdated
 * token every few seconds guesses nothing, and shuts nobody out who shares its address.
 */
export class TokenThrottle {
  private readonly peers = new Map<string, Guesses>()
  private readonly key = randomBytes(32)
  private readonly say: (line: string) => void
  private readonly now: () => number
  private windowStart = 0
  private guesses = 0
  private lines = 0
  private unsaid = 0

  constructor(say: (line: string) => void = (line) => console.warn(line), now: () => number = Date.now) {
    this.say = say
    this.now = now
  }

  /** How long this address is not listened to yet, ms; 0 = its token may be looked at. */
  blockedFor(peer: string | undefined): number {
    this.beginWindow()
    const guesses = this.current(groupOf(peer ?? ''))
    const most = this.guesses >= GUESSES_OF_ALL ? 1 : GUESSES_PER_PEER
    if (guesses === undefined || guesses.tokens.size < most) return 0
    return guesses.since + WINDOW_MS - this.now()
  }

  /** Notes a wrong token. It is neither kept nor written anywhere. */
  wrong(peer: string | undefined, token: string, use: TokenUse): void {
    this.beginWindow()
    const group = groupOf(peer ?? '')
    let guesses = this.current(group)
    if (guesses === undefined) {
      guesses = { since: this.now(), tokens: new Set(), isLogged: false }
      this.peers.delete(group)
      this.peers.set(group, guesses)
      const [oldest] = this.peers.keys()
      if (this.peers.size > MOST_PEERS && oldest !== undefined) this.peers.delete(oldest)
    }
    const digest = createHmac('sha256', this.key).update(token).digest('base64url')
    if (!guesses.tokens.has(digest)) this.guesses += 1
    guesses.tokens.add(digest)
    if (guesses.isLogged) return
    guesses.isLogged = true
    this.log(`turnscope: a wrong token from ${peer ?? 'an unknown address'} (${use})`)
  }

  private current(group: string): Guesses | undefined {
    const guesses = this.peers.get(group)
    return guesses !== undefined && this.now() - guesses.since < WINDOW_MS ? guesses : undefined
  }

  private beginWindow(): void {
    if (this.now() - this.windowStart < WINDOW_MS) return
    this.windowStart = this.now()
    this.guesses = 0
    this.lines = 0
    if (this.unsaid > 0) this.say(`turnscope: wrong tokens from ${this.unsaid} more addresses`)
    this.unsaid = 0
  }

  private log(line: string): void {
    if (this.lines >= LINES_PER_WINDOW) this.unsaid += 1
    else {
      this.lines += 1
      this.say(line)
    }
  }
}
