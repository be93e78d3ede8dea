import type { AccessConfig } from '../config.ts'
import { maySend } from './ingest-access.ts'
import { isLocalRequest, ownHost } from './own-host.ts'
import { foreignWrite } from './same-origin.ts'

export type SenderVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 401 | 403; readonly message: string }

/**
 * Judges who sends traces to a port of ours by the request's headers (over gRPC: its metadata, with the
 * authority as Host): under a name of ours, not from a stranger's page, with the token where one is asked.
 */
export function judgeSenders(access: AccessConfig, host: string): (headers: Headers) => SenderVerdict {
  const isOwn = ownHost(host, access.allowedHosts)
  return (headers) => {
    const name = headers.get('host') ?? ''
    if (!isOwn(name)) return { ok: false, status: 403, message: `not called ${JSON.stringify(name)}` }
    const foreign = foreignWrite('POST', (header) => headers.get(header))
    if (foreign !== undefined) return { ok: false, status: 403, message: `refused: ${foreign}` }
    const authorization = headers.get('authorization')
    if (maySend(access, { authorization, local: isLocalRequest(host, name) })) return { ok: true }
    const message = authorization === null ? 'a token is asked for here' : 'the token is not the right one'
    return { ok: false, status: 401, message }
  }
}
