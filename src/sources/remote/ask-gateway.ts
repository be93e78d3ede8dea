import * as z from 'zod/mini'
import { SOURCE_ERROR_KINDS, SourceError, type SourceErrorKind } from '../../domain/port/source-error.ts'
import { errorSchema, HTTP_STATUS } from '../../wire/error-body.ts'

export interface Gateway {
  /** Without a trailing slash; empty for the page's own origin. */
  readonly baseUrl: string
  readonly fetch?: typeof fetch
}

const isKind = (kind: string): kind is SourceErrorKind =>
  (SOURCE_ERROR_KINDS as readonly string[]).includes(kind)

/** The kind that a bare status most likely means: a proxy in between answers without our body. */
const kindOfStatus = (status: number): SourceErrorKind => {
  if (status === 503 || status === 502) return 'unreachable'
  if (status === 408) return 'timeout'
  return SOURCE_ERROR_KINDS.find((kind) => HTTP_STATUS[kind] === status) ?? 'bad-reply'
}

const delayOf = (header: string | null): number | undefined =>
  header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined

/** What a proxy answers with while nothing listens behind it. The gateway's own replies have a body that says why. */
export const PROXY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504])

/** Why the gateway refused, as it says itself, else as its status says. */
export async function failureOf(response: Response): Promise<SourceError> {
  const body = await response.json().catch(() => null)
  const parsed = z.safeParse(errorSchema, body)
  const retryAfter = delayOf(response.headers.get('retry-after'))
  if (!parsed.success) {
    const text = `the gateway answered ${response.status} without saying why`
    // A proxy in front of it speaks for a gateway that is away.
    const gatewayAway = PROXY_STATUSES.has(response.status)
    return new SourceError(kindOfStatus(response.status), text, { retryAfterMs: retryAfter, gatewayAway })
  }
  const { kind, message, retryAfterMs = retryAfter } = parsed.data.error
  return new SourceError(isKind(kind) ? kind : kindOfStatus(response.status), message, { retryAfterMs })
}

async function fetchFrom(gateway: Gateway, path: string, signal: AbortSignal): Promise<Response> {
  try {
    // Called as a plain function: the browser's fetch must not be called with another `this`.
    const send = gateway.fetch ?? globalThis.fetch
    return await send(`${gateway.baseUrl}${path}`, { signal, headers: { accept: 'application/json' } })
  } catch (cause) {
    signal.throwIfAborted()
    throw new SourceError('unreachable', 'the gateway cannot be reached', { cause, gatewayAway: true })
  }
}

/**
 * Asks the gateway for JSON and reads it by a schema. Rejects with a SourceError, with the signal's reason
 * once it is aborted.
 */
export const askGateway = async <Output>(
  gateway: Gateway,
  path: string,
  schema: z.ZodMiniType<Output>,
  signal: AbortSignal,
): Promise<Output> => (await askGatewayWhole(gateway, path, schema, signal)).body

/** The same with the reply's headers, for what stands beside a body that is a bare list. */
export async function askGatewayWhole<Output>(
  gateway: Gateway,
  path: string,
  schema: z.ZodMiniType<Output>,
  signal: AbortSignal,
): Promise<{ readonly body: Output; readonly headers: Headers }> {
  signal.throwIfAborted()
  const response = await fetchFrom(gateway, path, signal)
  if (!response.ok) {
    const failure = await failureOf(response)
    signal.throwIfAborted()
    throw failure
  }
  let body: unknown
  try {
    body = await response.json()
  } catch (cause) {
    signal.throwIfAborted()
    // The connection broke while the reply was on its way.
    if (!(cause instanceof SyntaxError))
      throw new SourceError('unreachable', 'the gateway broke off its reply', { cause, gatewayAway: true })
    throw new SourceError('bad-reply', 'the gateway answered what is no JSON', { cause })
  }
  const parsed = z.safeParse(schema, body)
  if (parsed.success) return { body: parsed.data, headers: response.headers }
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') || 'the reply'
  throw new SourceError('bad-reply', `the gateway's reply is not as agreed: ${where}: ${issue?.message}`)
}
