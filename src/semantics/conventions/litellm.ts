import type { Span, SpanKind } from '../../domain/model/span.ts'
import type { Convention } from './convention.ts'

/** The raw payload of a request, beside the span that says the same in a convention's words. */
const RAW_REQUEST = 'raw_gen_ai_request'

/** Whether a span repeats another. */
export const isRawRequest = ({ name }: { readonly name: string }): boolean => name === RAW_REQUEST

/** Names decide: `litellm_request` carries no kind in older versions. */
const kindOf = ({ name, attributes }: Span): SpanKind | undefined => {
  if (name === RAW_REQUEST) return 'system'
  if (name !== 'litellm_request') return undefined
  return attributes['openinference.span.kind'] === 'EMBEDDING' ? 'embedding' : 'generation'
}

/** LiteLLM: OpenInference's and GenAI's keys on spans of its own names. Inside of Rasa it is Rasa's client. */
export const LITELLM: Convention = {
  name: 'LiteLLM',
  places: {
    // As Python prints the object; what of the tokens was reasoning stands there alone.
    reasoningTokens: [
      [100, 'metadata.usage_object', { printed: ['completion_tokens_details', 'reasoning_tokens'] }],
    ],
  },
  callsOnly: ['litellm'],
  kindOf: (span) => (span.scope.name === 'litellm' ? kindOf(span) : undefined),
}
