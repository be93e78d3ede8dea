import type { Attributes, Span } from '../../domain/span.ts'
import { isNothing, parseJson, saidText } from '../readable/tolerant-value.ts'

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

type Claim = (attributes: Attributes, span: Span) => { type?: string; message?: string } | undefined

const output = (attributes: Attributes): string => {
  const text = attributes['langfuse.observation.output']
  return typeof text === 'string' ? text : ''
}

/** Payloads that tell of a failure which status and events keep silent about. Ordered. */
const CLAIMS: readonly Claim[] = [
  (at) => (saidText(at['error.type']) ? { type: saidText(at['error.type']) as string } : undefined),
  (at) =>
    at['langfuse.observation.level'] === 'ERROR'
      ? withMessage(saidText(at['langfuse.observation.status_message']))
      : undefined,
  (at) =>
    at.tool_result_is_error === true ? withMessage(saidText(at.tool_result_error_message)) : undefined,
  (at) =>
    at.agent_output_status === 'fatal_error' || !isNothing(at.agent_output_error)
      ? withMessage(saidText(at.agent_output_error))
      : undefined,
  (at, { name }) => (name === 'tool_call' ? errorField(output(at)) : undefined),
  (at, { name }) =>
    name === 'mcp.call_mcp_tool' && /^\s*\{\s*"is_error"\s*:\s*true/.test(output(at)) ? {} : undefined,
  (at, { name }) => (name.endsWith('.run_step') ? internalError(at.current_context) : undefined),
]

const withMessage = (message: string | undefined) => (message === undefined ? {} : { message })

/** The error that a tool's recorded output holds under `error` or `errors`. */
function errorField(text: string): { message?: string } | undefined {
  if (!text.includes('"error')) return undefined
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { error, errors } = value as Attributes
  const said = isNothing(error) ? errors : error
  if (isNothing(said)) return undefined
  return withMessage(typeof said === 'string' ? said : JSON.stringify(said))
}

/** What CALM's flow for internal errors says of the tool or agent that failed. */
function internalError(
  context: Attributes[string] | undefined,
): { type?: string; message?: string } | undefined {
  if (typeof context !== 'string' || !context.includes('pattern_internal_error')) return undefined
  const value = parseJson(context) as Attributes | undefined
  if (value?.flow_id !== 'pattern_internal_error') return undefined
  const info = value.info as Attributes | undefined
  const message = saidText(info?.error_message)
  if (message === undefined) return undefined
  const type = saidText(value.error_type)
  return { message, ...(type && { type }) }
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
    saidText(attributes['langfuse.observation.status_message']) ??
    saidText(attributes.status_message) ??
    ''
  const type = exceptionType ?? claimed?.type
  const stack = saidText(exception?.['exception.stacktrace'])
  return { message: shortened(message), ...(type && { type }), ...(stack && { stack }) }
}
