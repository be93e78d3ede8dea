import type { AccessConfig } from '../config.ts'
import { readCredentials, sameSecret } from './secret.ts'

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
): boolean {
  if (access.allowAnonymousIngest) return true
  const tokens = [access.ingestToken, access.token].filter((token) => token !== undefined)
  if (tokens.length === 0 || (sender.local && access.ingestToken === undefined)) return true
  const credentials = readCredentials(sender.authorization)
  if (credentials === null) return false
  const given = credentials.scheme === 'bearer' ? credentials.token : credentials.password
  // Every token is compared, so the time taken does not tell which one was near.
  return tokens.map((token) => sameSecret(given, token)).includes(true)
}
