import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { AccessConfig } from '../config.ts'
import { readCredentials, sameSecret } from './secret.ts'
import { SESSION_COOKIE, type Sessions, sessionsFor } from './session.ts'

export interface ReaderAccess {
  /** Whether readers have to show the token at all. */
  readonly asked: boolean
  readonly sessions: Sessions | null
  /** By Bearer token or by the session of the sign-in page. */
  readonly mayRead: (context: Context) => boolean
  readonly isToken: (given: string) => boolean
}

const nowSeconds = (): number => Date.now() / 1000

export function readerAccess(access: AccessConfig): ReaderAccess {
  const { token } = access
  if (token === undefined) {
    return { asked: false, sessions: null, mayRead: () => true, isToken: () => false }
  }
  const sessions = sessionsFor(token)
  const isToken = (given: string): boolean => sameSecret(given, token)
  return {
    asked: true,
    sessions,
    isToken,
    mayRead: (context) => {
      const credentials = readCredentials(context.req.header('authorization'))
      if (credentials?.scheme === 'bearer' && isToken(credentials.token)) return true
      return sessions.isValid(getCookie(context, SESSION_COOKIE) ?? '', nowSeconds())
    },
  }
}
