import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** What is kept of a session that was ended by its reader: enough to know it again. */
interface SignedOut {
  /** Seconds since the epoch; past it the session is over anyway. */
  readonly expiry: number
  readonly nonce: string
}

/** About 40 bytes each. */
const MOST_SIGNED_OUT = 10_000

/**
 * Sessions that their readers ended before their time. A session's cookie is valid by itself, so a copy of it would
 * outlive the sign-out: those that were signed out are kept until they would have expired. Where they become too
 * many, all sessions that would expire as early as the earliest of them end with those.
 */
export class SignedOutSessions {
  private readonly expiries = new Map<string, number>()
  /** Sessions that expire no later than this are over. */
  private endedUntil = 0
  private readonly path: string | undefined

  /**
   * @param path the file that keeps them over a restart; without one they are known to this process alone
   * @param nowSeconds the clock
   * @param longestLife how long a session may still be valid, seconds: all are ended where the file is unreadable
   */
  constructor(path: string | undefined, nowSeconds: number, longestLife: number) {
    this.path = path
    if (path === undefined) return
    try {
      for (const line of readFileSync(path, 'utf8').split('\n')) this.readLine(line)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      console.warn('turnscope: warning: the signed-out sessions cannot be read: all readers sign in again')
      this.endedUntil = nowSeconds + longestLife
    }
    this.forgetExpired(nowSeconds)
  }

  private readLine(line: string): void {
    const [, expiry = '', nonce = ''] = /^(\d{1,12}) ([\w-]{22}|\*)$/.exec(line) ?? []
    if (nonce === '*') this.endedUntil = Math.max(this.endedUntil, Number(expiry))
    else if (nonce !== '') this.expiries.set(nonce, Number(expiry))
  }

  has({ expiry, nonce }: SignedOut): boolean {
    return expiry <= this.endedUntil || this.expiries.has(nonce)
  }

  add({ expiry, nonce }: SignedOut, nowSeconds: number): void {
    this.forgetExpired(nowSeconds)
    this.expiries.set(nonce, expiry)
    if (this.expiries.size > MOST_SIGNED_OUT) this.endEarliest()
    this.write()
  }

  private forgetExpired(nowSeconds: number): void {
    for (const [nonce, expiry] of this.expiries) if (expiry <= nowSeconds) this.expiries.delete(nonce)
  }

  private endEarliest(): void {
    const sorted = [...this.expiries.values()].sort((a, b) => a - b)
    this.endedUntil = sorted[Math.floor(sorted.length / 10)] ?? this.endedUntil
    for (const [nonce, expiry] of this.expiries) if (expiry <= this.endedUntil) this.expiries.delete(nonce)
  }

  private write(): void {
    if (this.path === undefined) return
    const lines = [...this.expiries].map(([nonce, expiry]) => `${expiry} ${nonce}\n`)
    try {
      // Never half a list: a name changes at once.
      writeFileSync(`${this.path}.new`, `${this.endedUntil} *\n${lines.join('')}`, { mode: 0o600 })
      renameSync(`${this.path}.new`, this.path)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      console.error(`turnscope: a sign-out could not be kept for the next start (${code})`)
    }
  }
}
