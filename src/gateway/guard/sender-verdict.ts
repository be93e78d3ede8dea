import type { AccessConfig } from '../settings/config.ts'
import { maySend } from './ingest-access.ts'
import { isLocalRequest, ownHost } from './own-host.ts'
import { accountableAddress } from './peer-address.ts'
import { foreignWrite } from './same-origin.ts'
import { TOO_MANY_TOKENS, TokenThrottle } from './token-throttle.ts'

export type SenderVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 401 | 403; readonly message: string }
  | { readonly ok: false; readonly status: 429; readonly message: string; readonly retryAfterMs: number }

/**
 * Judges who sends traces to a port of ours by the request's headers (over gRPC: its metadata, with the
 * authority as Host) and the address at the other end: under a name of ours, not from a stranger's page, with the
 * token where one is asked. Whoever guesses tokens is not listened to for a while.
 */
export function judgeSenders(
  access: AccessConfig,
  host: string,
  throttle: TokenThrottle = new TokenThrottle(),
): (headers: Headers, peer: string | undefined) => SenderVerdict {
  const isOwn = ownHost(host, access.allowedHosts)
  const listener = { host, allowedHosts: access.allowedHosts }
  return (headers, peer) => {
    const name = headers.get('host') ?? ''
    if (!isOwn(name)) return { ok: false, status: 403, message: `not called ${JSON.stringify(name)}` }
    const foreign = foreignWrite('POST', (header) => headers.get(header))
    if (foreign !== undefined) return { ok: false, status: 403, message: `refused: ${foreign}` }
    const authorization = headers.get('authorization')
    const sender = maySend(access, { authorization, local: isLocalRequest(listener, headers, peer) })
    if (sender.is === 'free') return { ok: true }
    if (sender.is === 'missing') return { ok: false, status: 401, message: 'a token is asked for here' }
    const address = accountableAddress(peer, headers.get('x-forwarded-for'))
    const retryAfterMs = throttle.blockedFor(address)
    if (retryAfterMs > 0) return { ok: false, status: 429, message: TOO_MANY_TOKENS, retryAfterMs }
    if (sender.is === 'right') return { ok: true }
    throttle.wrong(address, sender.token, 'sending')
    return { ok: false, status: 401, message: 'the token is not the right one' }
  }
}
