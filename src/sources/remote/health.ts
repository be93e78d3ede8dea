import * as z from 'zod/mini'
import { SourceError } from '../../domain/port/source-error.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { type Health, healthSchema } from '../../wire/health.ts'
import { type Gateway, PROXY_STATUSES } from './ask-gateway.ts'

/**
 * Asks the gateway how its store is: what is wrong is an answer, with whatever status. Rejects with a SourceError
 * where the gateway does not answer, with another error where what answers does not say.
 */
export async function askHealth(gateway: Gateway, signal: AbortSignal): Promise<Health> {
  const send = gateway.fetch ?? globalThis.fetch
  const response = await send(`${gateway.baseUrl}${PATHS.health}`, { signal }).catch((cause) => {
    signal.throwIfAborted()
    throw new SourceError('unreachable', 'the gateway cannot be reached', { cause, gatewayAway: true })
  })
  const body: unknown = await response.json().catch(() => undefined)
  const health = z.safeParse(healthSchema, body)
  if (health.success) return health.data
  signal.throwIfAborted()
  if (PROXY_STATUSES.has(response.status))
    throw new SourceError('unreachable', `the gateway answered ${response.status}`, { gatewayAway: true })
  throw new Error('what answers at the address of the gateway does not say how it is')
}
