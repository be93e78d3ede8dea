import * as z from 'zod/mini'
import { PATHS } from '../../wire/api-paths.ts'
import { type Health, healthSchema } from '../../wire/health.ts'
import type { Gateway } from './ask-gateway.ts'

/** Asks the gateway how its store is: what is wrong is an answer, with whatever status. Rejects where it does not say. */
export async function askHealth(gateway: Gateway, signal: AbortSignal): Promise<Health> {
  const send = gateway.fetch ?? globalThis.fetch
  const response = await send(`${gateway.baseUrl}${PATHS.health}`, { signal })
  return z.parse(healthSchema, await response.json())
}
