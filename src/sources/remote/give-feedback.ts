import type { GivenFeedback } from '../../domain/model/given-feedback.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { failureOf, type Gateway } from './ask-gateway.ts'

/** Gives one piece of feedback on a turn. Rejects with a SourceError where it was not taken. */
export async function giveFeedback(
  gateway: Gateway,
  feedback: GivenFeedback,
  signal?: AbortSignal,
): Promise<void> {
  const send = gateway.fetch ?? globalThis.fetch
  const response = await send(`${gateway.baseUrl}${PATHS.feedback}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(feedback),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw new SourceError('unreachable', 'the gateway cannot be reached', { cause })
  })
  if (!response.ok) throw await failureOf(response)
}
