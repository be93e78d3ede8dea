import * as z from 'zod/mini'

/** How the gateway's store is: `ok`, or what is wrong and why, for everyone to read. */
export interface Health {
  readonly status: string
  readonly reason?: string | undefined
}

export const healthSchema: z.ZodMiniType<Health> = z.object({
  status: z.string(),
  reason: z.optional(z.string()),
})
