import { createHmac, randomBytes, scryptSync } from 'node:crypto'
import { sameSecret } from './secret.ts'

export const SESSION_COOKIE = 'turnscope_session'
const LIFETIME_SECONDS = 30 * 86_400

/**
 * Sessions of readers that signed in with the token: `expiry.nonce.signature`, signed with a key derived
 * from the token. Nothing is stored, so they outlive a restart and hold for every gateway with that token;
 * a new token ends them all. The token cannot be read out of one.
 */
export interface Sessions {
  readonly issue: (nowSeconds: number) => string
  readonly isValid: (session: string, nowSeconds: number) => boolean
}

export function sessionsFor(token: string): Sessions {
  const key = scryptSync(token, 'turnscope-session-v1', 32)
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    issue: (now) => {
      const claims = `${Math.floor(now) + LIFETIME_SECONDS}.${randomBytes(16).toString('base64url')}`
      return `${claims}.${sign(claims)}`
    },
    isValid: (session, now) => {
      const [, expiry = '', nonce = '', signature = ''] =
        /^(\d{1,12})\.([\w-]{22})\.([\w-]{43})$/.exec(session) ?? []
      return sameSecret(signature, sign(`${expiry}.${nonce}`)) && Number(expiry) > now
    },
  }
}

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
