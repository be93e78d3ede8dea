import type { Attributes, AttributeValue } from '../../domain/model/span.ts'

const MOST_MESSAGES = 1_000
const MOST_PARTS = 200

/** Names by which a part of a message's content is flattened below `contents.M.message_content.`. */
const PART_FIELDS = ['type', 'text', 'image.image.url'] as const

function contents(attributes: Attributes, start: string): readonly AttributeValue[] {
  const parts: AttributeValue[] = []
  for (let at = 0; at < MOST_PARTS; at++) {
    const place = `${start}contents.${at}.message_content.`
    const [type, text, url] = PART_FIELDS.map((field) => attributes[place + field])
    if (type === undefined && text === undefined && url === undefined) break
    parts.push(
      url === undefined
        ? { type: type ?? 'text', text: text ?? '' }
        : { type: 'image_url', image_url: { url } },
    )
  }
  return parts
}

/** Between index and field: OpenInference nests a call twice, OpenLLMetry does not. */
const CALL_PLACES = ['tool_call.function.', ''] as const

function toolCalls(attributes: Attributes, start: string): readonly AttributeValue[] {
  const calls: AttributeValue[] = []
  for (let at = 0; at < MOST_PARTS; at++) {
    const place = `${start}tool_calls.${at}.`
    const inner = CALL_PLACES.find((each) => attributes[`${place}${each}name`] !== undefined)
    if (inner === undefined) break
    const id = attributes[`${place}tool_call.id`] ?? attributes[`${place}id`]
    calls.push({
      name: attributes[`${place}${inner}name`] ?? '',
      arguments: attributes[`${place}${inner}arguments`] ?? null,
      ...(id !== undefined && { id }),
    })
  }
  return calls
}

/**
 * Messages that a library wrote as one attribute a field: `prefix.0.role`, `prefix.0.content`,
 * `prefix.0.tool_calls.0.name`, ….
 * @param inner what stands between index and field, e.g. `message.`
 * @returns messages of the usual shape; undefined where there is none
 */
export function flattenedMessages(
  attributes: Attributes,
  prefix: string,
  inner: string,
): readonly AttributeValue[] | undefined {
  const messages: AttributeValue[] = []
  for (let at = 0; at < MOST_MESSAGES; at++) {
    const start = `${prefix}.${at}.${inner}`
    const role = attributes[`${start}role`]
    const whole = attributes[`${start}content`]
    if (role === undefined && whole === undefined) break
    const parts = whole === undefined ? contents(attributes, start) : []
    const calls = toolCalls(attributes, start)
    const name = attributes[`${start}name`]
    const id = attributes[`${start}tool_call_id`]
    messages.push({
      role: typeof role === 'string' ? role : 'assistant',
      content: whole ?? (parts.length > 0 ? parts : ''),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(name !== undefined && { name }),
      ...(id !== undefined && { tool_call_id: id }),
    })
  }
  return messages.length > 0 ? messages : undefined
}
