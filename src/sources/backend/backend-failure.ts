import { SourceError, type SourceErrorKind } from '../../domain/port/source-error.ts'

const KINDS: Readonly<Record<number, SourceErrorKind>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  422: 'bad-request',
  429: 'rate-limited',
  502: 'unreachable',
  503: 'unreachable',
  504: 'timeout',
}

const LONGEST = 200

const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Readonly<Record<string | number, unknown>>)[key]
  }
  return typeof at === 'string' && at.trim() !== '' ? at.trim() : undefined
}

/** What a backend says went wrong: JSON of the usual shapes, whatever its content type claims. */
function factIn(body: string): string | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  const fact =
    textAt(parsed, 'message') ??
    textAt(parsed, 'error', 'message') ??
    textAt(parsed, 'errors', 0, 'msg') ??
    textAt(parsed, 'errors', 0, 'message') ??
    textAt(parsed, 'error')
  return fact?.replaceAll(/\s+/g, ' ').slice(0, LONGEST)
}

/** A reply that is none: its status as a kind, and what the backend said, secrets taken out. */
export function failureOf(
  status: number,
  path: string,
  body: string,
  retryAfterMs: number | undefined,
  secrets: readonly string[],
): SourceError {
  let fact = factIn(body)
  for (const secret of secrets) fact = fact?.replaceAll(secret, '…')
  const kind = KINDS[status] ?? (status >= 500 ? 'unreachable' : 'bad-reply')
  const message = `the backend answered ${status} to ${path}${fact === undefined ? '' : `: ${fact}`}`
  return new SourceError(kind, message, { retryAfterMs })
}
