import type { AccessConfig } from '../settings/config.ts'
import { readCredentials, sameSecret } from './secret.ts'

/** What a sender's credentials are worth; `wrong` names the token that was shown. */
export type SenderAccess =
  /** No token is asked of it. */
  | { readonly is: 'free' }
  | { readonly is: 'right' }
  | { readonly is: 'missing' }
  | { readonly is: 'wrong'; readonly token: string }

/**
 * Whether a sender of traces may pass. Where an ingest token is set it is asked for everywhere; beyond
 * loopback the reader's token serves as well; `OTLP_ALLOW_ANONYMOUS=1` opens a private network.
 * `Basic` carries the token as its password: Langfuse's SDKs send their secret key there.
 */
export function maySend(
  access: AccessConfig,
  sender: {
    /** The Authorization header (over gRPC: that metadata). */
    readonly authorization: string | null | undefined
    /** Whether the request can only come from this machine. */
    readonly local: boolean
  },
): SenderAccess {
  if (access.allowAnonymousIngest) return { is: 'free' }
  const tokens = [access.ingestToken, access.token].filter((token) => token !== undefined)
  if (tokens.length === 0 || (sender.local && access.ingestToken === undefined)) return { is: 'free' }
  const credentials = readCredentials(sender.authorization)
  if (credentials === null) return { is: 'missing' }
  const given = credentials.scheme === 'bearer' ? credentials.token : credentials.password
  // Every token is compared, so the time taken does not tell which one was near.
  const isRight = tokens.map((token) => sameSecret(given, token)).includes(true)
  return isRight ? { is: 'right' } : { is: 'wrong', token: given }
}
