import { createHmac, randomBytes, scryptSync } from 'node:crypto'
import { sameSecret } from './secret.ts'
import { SignedOutSessions } from './signed-out.ts'

export const SESSION_COOKIE = 'turnscope_session'
const LIFETIME_SECONDS = 30 * 86_400

/**
 * Sessions of readers that signed in with the token: `expiry.nonce.signature`, signed with a key derived
 * from the token. None is stored, so they outlive a restart and hold for every gateway with that token;
 * a new token ends them all. Only those that were signed out are kept. The token cannot be read out of one.
 */
export interface Sessions {
  readonly issue: (nowSeconds: number) => string
  readonly isValid: (session: string, nowSeconds: number) => boolean
  /** Ends a session for every copy of its cookie. One that is not valid is left alone. */
  readonly end: (session: string, nowSeconds: number) => void
}

/**
 * @param signedOutFile keeps the sessions that were signed out over a restart
 */
export function sessionsFor(token: string, signedOutFile?: string): Sessions {
  const key = scryptSync(token, 'turnscope-session-v1', 32)
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  const signedOut = new SignedOutSessions(signedOutFile, Date.now() / 1000, LIFETIME_SECONDS)
  /** What a session says, where it is ours and its time is not over. */
  const claimsOf = (session: string, now: number): { expiry: number; nonce: string } | null => {
    const [, expiry = '', nonce = '', signature = ''] =
      /^(\d{1,12})\.([\w-]{22})\.([\w-]{43})$/.exec(session) ?? []
    const isOurs = sameSecret(signature, sign(`${expiry}.${nonce}`)) && Number(expiry) > now
    return isOurs ? { expiry: Number(expiry), nonce } : null
  }
  return {
    issue: (now) => {
      const claims = `${Math.floor(now) + LIFETIME_SECONDS}.${randomBytes(16).toString('base64url')}`
      return `${claims}.${sign(claims)}`
    },
    isValid: (session, now) => {
      const claims = claimsOf(session, now)
      return claims !== null && !signedOut.has(claims)
    },
    end: (session, now) => {
      const claims = claimsOf(session, now)
      if (claims !== null && !signedOut.has(claims)) signedOut.add(claims, now)
    },
  }
}

/** What tells the page, which cannot read the session's cookie, that there is a session to sign out of. */
export const signedInMark = (signedIn: boolean, secure: boolean): string =>
  [
    'turnscope_signed_in=1',
    'Path=/',
    'SameSite=Strict',
    `Max-Age=${signedIn ? LIFETIME_SECONDS : 0}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ')

/** The Set-Cookie value that begins a session, or ends it where the session is empty. */
export const sessionCookie = (session: string, secure: boolean): string =>
  [
    `${SESSION_COOKIE}=${session}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${session === '' ? 0 : LIFETIME_SECONDS}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ')
