import * as z from 'zod/mini'
import type { SourceErrorKind } from '../domain/port/source-error.ts'

/** The one map to HTTP, read in both directions. `not-yet` is a 404 that may become a trace. */
export const HTTP_STATUS: Record<SourceErrorKind, 400 | 401 | 403 | 404 | 429 | 502 | 504> = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'not-yet': 404,
  'rate-limited': 429,
  timeout: 504,
  unreachable: 502,
  'bad-reply': 502,
  unsupported: 400,
}

/** The body of a reply that failed. `kind` is a SourceErrorKind, or `internal`. */
export const errorSchema = z.object({
  error: z.object({
    kind: z.string(),
    message: z.string(),
    retryAfterMs: z.exactOptional(z.number()),
  }),
})
export type ErrorBody = z.infer<typeof errorSchema>

/** An error as the API states it. */
export const errorBody = (kind: string, message: string, retryAfterMs?: number): ErrorBody => ({
  error: { kind, message, ...(retryAfterMs !== undefined && { retryAfterMs }) },
})
