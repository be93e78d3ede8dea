import type { AttributeValue } from '../../domain/model/span.ts'
import { parseJson } from './tolerant-value.ts'
import { isShape, type Shape } from './value-shape.ts'

/** One part of a message. */
export type ReadablePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | {
      readonly kind: 'tool-call'
      readonly name: string
      readonly arguments: AttributeValue
      readonly id?: string
    }
  | {
      readonly kind: 'tool-result'
      readonly content: AttributeValue
      readonly name?: string
      readonly id?: string
    }
  /** Never loaded: `reference` is an address or says what was embedded. */
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'data'; readonly value: AttributeValue }

const MOST_PARTS = 1_000
/** Of embedded data only this much is named. */
const LONGEST_REFERENCE = 300

/** What stands at the end of a text and cannot be seen is nothing that was said. */
const text = (value: AttributeValue | undefined): string | undefined =>
  typeof value === 'string' ? value.trimEnd() || undefined : undefined

const identified = (id: AttributeValue | undefined): { id?: string } =>
  typeof id === 'string' && id ? { id } : {}
const labelled = (name: AttributeValue | undefined): { name?: string } =>
  typeof name === 'string' && name ? { name } : {}

const parsed = (value: AttributeValue | undefined): AttributeValue =>
  typeof value === 'string' ? (parseJson(value) ?? value) : (value ?? null)

const textPart = (value: AttributeValue | undefined): ReadablePart[] => {
  const said = text(value)
  return said === undefined ? [] : [{ kind: 'text', text: said }]
}

const reasoning = (value: AttributeValue | undefined): ReadablePart[] => {
  const thoughts = (Array.isArray(value) ? value : [value]).flatMap(
    (each) => text(isShape(each) ? (each.text ?? each.content) : each) ?? [],
  )
  return thoughts.length > 0 ? [{ kind: 'reasoning', text: thoughts.join('\n') }] : []
}

const call = (
  name: AttributeValue | undefined,
  given: AttributeValue | undefined,
  id?: AttributeValue,
): ReadablePart[] =>
  typeof name === 'string' ? [{ kind: 'tool-call', name, arguments: parsed(given), ...identified(id) }] : []

const result = (
  content: AttributeValue | undefined,
  id?: AttributeValue,
  name?: AttributeValue,
): ReadablePart[] => [{ kind: 'tool-result', content: parsed(content), ...identified(id), ...labelled(name) }]

const image = (...places: readonly (AttributeValue | undefined)[]): ReadablePart[] => {
  const place = places.find((each): each is string => typeof each === 'string') ?? 'not recorded'
  const embedded = /^data:([\w/+.-]+)/.exec(place)
  const reference = embedded ? `embedded ${embedded[1]}, ${place.length} characters` : place
  return [{ kind: 'image', reference: reference.slice(0, LONGEST_REFERENCE) }]
}

const nested = (value: AttributeValue | undefined, ...path: readonly string[]): AttributeValue | undefined =>
  path.reduce<AttributeValue | undefined>((at, key) => (isShape(at) ? at[key] : undefined), value)

/** What each type of part says, over all libraries; the names do not collide. */
const BY_TYPE: Readonly<Record<string, (part: Shape) => ReadablePart[]>> = {
  text: (part) => textPart(part.text ?? part.content),
  input_text: (part) => textPart(part.text),
  output_text: (part) => textPart(part.text),
  refusal: (part) => textPart(part.refusal),
  reasoning: (part) => reasoning(part.summary ?? part.text ?? part.content ?? part.reasoning),
  thinking: (part) => reasoning(part.thinking),
  redacted_thinking: () => [{ kind: 'reasoning', text: '(redacted)' }],
  tool_use: (part) => call(part.name, part.input, part.id),
  server_tool_use: (part) => call(part.name, part.input, part.id),
  tool_call: (part) => call(part.name, part.arguments ?? part.args, part.id),
  function_call: (part) => call(part.name, part.arguments ?? part.input, part.call_id ?? part.id),
  custom_tool_call: (part) => call(part.name, part.input, part.call_id),
  'tool-call': (part) => call(part.toolName ?? part.name, part.input ?? part.args, part.toolCallId),
  tool_result: (part) => result(part.content, part.tool_use_id, part.name),
  tool_call_response: (part) => result(part.response ?? part.result, part.id, part.name),
  function_call_output: (part) => result(part.output, part.call_id),
  'tool-result': (part) =>
    result(nested(part.output, 'value') ?? part.output ?? part.result, part.toolCallId, part.toolName),
  image: (part) => image(nested(part.source, 'url'), part.url, part.image, nested(part.source, 'media_type')),
  image_url: (part) => image(nested(part.image_url, 'url'), part.image_url, part.url),
  input_image: (part) => image(part.image_url, part.file_id),
  file: (part) => image(part.uri, part.url, part.filename, part.file_id, part.mediaType, part.mime_type),
  uri: (part) => image(part.uri),
  blob: (part) => image(part.mime_type, part.modality),
}

/** Parts without a `type`, told by the one field that they have (Gemini, Bedrock). */
const BY_FIELD: readonly (readonly [field: string, read: (part: Shape) => readonly ReadablePart[]])[] = [
  ['message_content', ({ message_content: inner }) => partsOf(isShape(inner) ? [unwrapped(inner)] : inner)],
  ['functionCall', ({ functionCall }) => call(nested(functionCall, 'name'), nested(functionCall, 'args'))],
  [
    'function_call',
    ({ function_call: made }) =>
      call(nested(made, 'name'), nested(made, 'args') ?? nested(made, 'arguments')),
  ],
  [
    'functionResponse',
    ({ functionResponse: reply }) => result(nested(reply, 'response'), undefined, nested(reply, 'name')),
  ],
  [
    'function_response',
    ({ function_response: reply }) => result(nested(reply, 'response'), undefined, nested(reply, 'name')),
  ],
  [
    'toolUse',
    ({ toolUse }) => call(nested(toolUse, 'name'), nested(toolUse, 'input'), nested(toolUse, 'toolUseId')),
  ],
  ['toolResult', ({ toolResult: reply }) => result(nested(reply, 'content'), nested(reply, 'toolUseId'))],
  ['inlineData', ({ inlineData }) => image(nested(inlineData, 'mimeType'))],
  ['inline_data', ({ inline_data: data }) => image(nested(data, 'mime_type'))],
  ['fileData', ({ fileData }) => image(nested(fileData, 'fileUri'))],
  ['file_data', ({ file_data: data }) => image(nested(data, 'file_uri'))],
  ['text', (part) => (part.thought === true ? reasoning(part.text) : textPart(part.text))],
  ['content', (part) => textPart(part.content)],
]

/** OpenInference wraps an image in an image. */
const unwrapped = (inner: Shape): Shape =>
  inner.type === 'image'
    ? { type: 'image', url: nested(inner.image, 'image', 'url') ?? nested(inner.image, 'url') ?? '' }
    : inner

/** The parts of a message's content, in order. */
export function partsOf(content: AttributeValue | undefined): readonly ReadablePart[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return textPart(content)
  if (!Array.isArray(content)) return isShape(content) ? partOf(content) : [{ kind: 'data', value: content }]
  return content
    .slice(0, MOST_PARTS)
    .flatMap((part) =>
      typeof part === 'string'
        ? textPart(part)
        : isShape(part)
          ? partOf(part)
          : [{ kind: 'data' as const, value: part }],
    )
}

function partOf(part: Shape): readonly ReadablePart[] {
  const read =
    typeof part.type === 'string' && Object.hasOwn(BY_TYPE, part.type) ? BY_TYPE[part.type] : undefined
  if (read) return read(part)
  const told = BY_FIELD.find(([field]) => part[field] !== undefined)
  return told ? told[1](part) : [{ kind: 'data', value: part }]
}

/** Tool calls that stand beside a message's content. */
export function toolCallsIn(message: Shape): readonly ReadablePart[] {
  const lists = [message.tool_calls, nested(message.additional_kwargs, 'tool_calls')]
  const calls = lists.find((list) => Array.isArray(list) && list.length > 0)
  const single = isShape(message.function_call) ? [message.function_call] : []
  return [...(Array.isArray(calls) ? calls : []), ...single].slice(0, MOST_PARTS).flatMap((each) => {
    const made = isShape(each) && isShape(each.tool_call) ? each.tool_call : each
    if (!isShape(made)) return []
    const inner = isShape(made.function) ? made.function : made
    return call(inner.name, inner.arguments ?? inner.args, made.id)
  })
}
