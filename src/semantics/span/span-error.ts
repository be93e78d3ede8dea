import type { Attributes, Span } from '../../domain/model/span.ts'
import type { Claim } from '../conventions/convention.ts'
import { CLAIMS } from '../conventions/convention-table.ts'
import { HTTP_ANSWER } from '../conventions/opentelemetry.ts'
import { saidNumber, saidText } from '../readable/tolerant-value.ts'
import { saidIn } from './span-facts.ts'

export interface SpanError {
  readonly type?: string
  readonly message: string
  readonly stack?: string
}

/** Rasa's handshake: the action server asks for the domain and is called again. No failure. */
const HANDSHAKE = /(^|\.)ActionMissingDomainException$/

const TRACEBACK = 'Traceback (most recent call last)'

/** A message without the stack trace that some recorders glue to it. */
const shortened = (message: string): string => {
  const at = message.indexOf(TRACEBACK)
  return (at > 0 ? message.slice(0, at) : message).trim()
}

/** `HTTP 503: no room`, as far as it was recorded; undefined where the answer was no failure. */
function answerOverHttp(attributes: Attributes): string | undefined {
  const status = HTTP_ANSWER.status
    .map((key) => saidNumber(attributes[key]))
    .find((each) => each !== undefined)
  const body = HTTP_ANSWER.body.map((key) => saidText(attributes[key])).find((each) => each !== undefined)
  if (status === undefined || status < 400) return undefined
  return body === undefined ? `HTTP ${status}` : `HTTP ${status}: ${body}`
}

/**
 * Whether a span failed, by its status, an exception event or a payload that says so, and how.
 * @returns undefined where it did not
 */
export function spanError(span: Span): SpanError | undefined {
  const { attributes, status, events } = span
  const exception = events.find(
    ({ name, attributes: at }) => name === 'exception' || at['exception.type'] !== undefined,
  )?.attributes
  const exceptionType = saidText(exception?.['exception.type'])
  if (exceptionType && HANDSHAKE.test(exceptionType)) return undefined
  let claimed: ReturnType<Claim>
  for (const claim of CLAIMS) {
    const said = claim(attributes, span)
    if (!said) continue
    claimed = { ...said, ...claimed }
    if (claimed.message !== undefined) break
  }
  if (status.code !== 'error' && !exception && !claimed) return undefined
  const message =
    saidText(exception?.['exception.message']) ??
    saidText(status.message) ??
    claimed?.message ??
    saidIn(attributes, 'errorMessage') ??
    answerOverHttp(attributes) ??
    ''
  const type = exceptionType ?? claimed?.type
  const stack = saidText(exception?.['exception.stacktrace'])
  return { message: shortened(message), ...(type && { type }), ...(stack && { stack }) }
}
