import * as z from 'zod/mini'
import type { Gateway } from './ask-gateway.ts'

const healthSchema = z.object({ status: z.string(), reason: z.optional(z.string()) })

/** How the gateway's store is: `ok`, or what is wrong and why. */
export type Health = z.infer<typeof healthSchema>

/** Asks the gateway how its store is. Rejects where it does not say. */
export async function askHealth(gateway: Gateway, signal: AbortSignal): Promise<Health> {
  const send = gateway.fetch ?? globalThis.fetch
  const response = await send(`${gateway.baseUrl}/healthz`, { signal })
  return z.parse(healthSchema, await response.json())
}
