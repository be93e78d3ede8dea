import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { peerOf } from '../api/request-socket.ts'
import type { AccessConfig } from '../settings/config.ts'
import { accountableAddress } from './peer-address.ts'
import { readCredentials, sameSecret } from './secret.ts'
import { SESSION_COOKIE, type Sessions, sessionsFor } from './session.ts'
import { TokenThrottle, type TokenUse } from './token-throttle.ts'

/** What a token that was shown is worth; where too many wrong ones came before it, it is not looked at. */
export type TokenVerdict =
  | { readonly is: 'right' }
  | { readonly is: 'wrong' }
  | { readonly is: 'unread'; readonly retryAfterMs: number }

export interface ReaderAccess {
  /** Whether readers have to show the token at all. */
  readonly asked: boolean
  readonly sessions: Sessions | null
  /** By Bearer token or by the session of the sign-in page. */
  readonly mayRead: (context: Context) => boolean
  /** How long this request's Bearer token is not looked at, ms; 0 where it is, or there is none. */
  readonly blockedFor: (context: Context) => number
  readonly judgeToken: (context: Context, given: string, use: TokenUse) => TokenVerdict
  /** Ends the session of this request, for every copy of its cookie. */
  readonly endSession: (context: Context) => void
}

const nowSeconds = (): number => Date.now() / 1000

/** What a gateway's ways in share. */
export interface ReaderAccessParts {
  readonly throttle?: TokenThrottle
  /** Keeps the sessions that were signed out over a restart. */
  readonly signedOutFile?: string | undefined
}

export function readerAccess(access: AccessConfig, parts: ReaderAccessParts = {}): ReaderAccess {
  const { token } = access
  if (token === undefined) {
    return {
      asked: false,
      sessions: null,
      mayRead: () => true,
      blockedFor: () => 0,
      judgeToken: () => ({ is: 'wrong' }),
      endSession: () => undefined,
    }
  }
  const { throttle = new TokenThrottle() } = parts
  const sessions = sessionsFor(token, parts.signedOutFile)
  const addressOf = (context: Context): string | undefined =>
    accountableAddress(peerOf(context), context.req.header('x-forwarded-for') ?? null)
  const bearerOf = (context: Context): string | undefined => {
    const credentials = readCredentials(context.req.header('authorization'))
    return credentials?.scheme === 'bearer' ? credentials.token : undefined
  }
  const sessionOf = (context: Context): string => getCookie(context, SESSION_COOKIE) ?? ''

  const judgeToken: ReaderAccess['judgeToken'] = (context, given, use) => {
    const address = addressOf(context)
    const retryAfterMs = throttle.blockedFor(address)
    if (retryAfterMs > 0) return { is: 'unread', retryAfterMs }
    if (sameSecret(given, token)) return { is: 'right' }
    throttle.wrong(address, given, use)
    return { is: 'wrong' }
  }
  return {
    asked: true,
    sessions,
    judgeToken,
    blockedFor: (context) => (bearerOf(context) === undefined ? 0 : throttle.blockedFor(addressOf(context))),
    endSession: (context) => sessions.end(sessionOf(context), nowSeconds()),
    mayRead: (context) => {
      if (sessions.isValid(sessionOf(context), nowSeconds())) return true
      const bearer = bearerOf(context)
      return bearer !== undefined && judgeToken(context, bearer, 'reading').is === 'right'
    },
  }
}
