import type { AttributeValue } from '../../domain/span.ts'
import { isNothing, parseJson } from './tolerant-value.ts'

/** One message found in a value. */
export interface FoundMessage {
  readonly role: string
  readonly text: string
}

type Shape = { readonly [key: string]: AttributeValue }

const isShape = (value: AttributeValue | undefined): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names under which a list of messages, or a value that holds one, stands. */
const HOLDERS = [
  'messages',
  'inputs',
  'outputs',
  'input',
  'output',
  'choices',
  'generations',
  'prompt',
  'update',
] as const

/** Nested deeper than this no message is looked for. */
const DEEPEST = 12
const MOST = 5_000

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  user: 'user',
  ai: 'assistant',
  AIMessageChunk: 'assistant',
  assistant: 'assistant',
  model: 'assistant',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  function: 'tool',
}

/** The text of a message's content: a string, or the text parts of a list. */
function contentText(content: AttributeValue | undefined): string | undefined {
  if (typeof content === 'string') return content.trim() === '' ? undefined : content
  if (isShape(content)) return contentText(content.text ?? content.content)
  if (!Array.isArray(content)) return undefined
  const texts = content.flatMap((part) => {
    if (typeof part === 'string') return part
    if (!isShape(part)) return []
    if (!TEXT_PARTS.has(String(part.type ?? 'text'))) return []
    const text = part.text ?? part.content
    return typeof text === 'string' ? text : []
  })
  const joined = texts.join('\n')
  return joined.trim() === '' ? undefined : joined
}

const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text'])

/** A message in any of the shapes that libraries write; undefined where a value is none. */
function messageOf(value: Shape): FoundMessage | undefined {
  if (isShape(value.kwargs) && value.lc !== undefined) return messageOf(value.kwargs)
  if (isShape(value.data) && typeof value.type === 'string') {
    const inner = messageOf({ ...value.data, type: value.type })
    if (inner) return inner
  }
  if (isShape(value.message)) return messageOf(value.message)
  const said = typeof value.role === 'string' ? value.role : undefined
  const type = typeof value.type === 'string' && value.type in ROLES ? value.type : undefined
  const name = said ?? type
  if (name === undefined) return undefined
  if (said === undefined && !('content' in value)) return undefined
  const text = contentText(value.content) ?? contentText(value.parts) ?? contentText(value.text)
  return { role: ROLES[name] ?? name, text: text ?? '' }
}

/** Every message in a value, in order; walked without recursion, bounded in depth and number. */
function messagesIn(value: AttributeValue): readonly FoundMessage[] {
  const found: FoundMessage[] = []
  const open: { value: AttributeValue; depth: number }[] = [{ value, depth: 0 }]
  let steps = 0
  for (let next = open.pop(); next && steps < MOST; next = open.pop(), steps++) {
    const { value: at, depth } = next
    if (depth > DEEPEST) continue
    if (Array.isArray(at)) {
      for (let index = at.length - 1; index >= 0; index--)
        open.push({ value: at[index] as AttributeValue, depth: depth + 1 })
      continue
    }
    if (!isShape(at)) continue
    const message = messageOf(at)
    if (message) {
      found.push(message)
      continue
    }
    if (typeof at.text === 'string' && at.generation_info !== undefined && at.text !== '') {
      found.push({ role: 'assistant', text: at.text })
      continue
    }
    for (let index = HOLDERS.length - 1; index >= 0; index--) {
      const held = at[HOLDERS[index] as string]
      if (typeof held === 'object' && held !== null) open.push({ value: held, depth: depth + 1 })
      else if (HOLDERS[index] === 'prompt' && typeof held === 'string' && at.system !== undefined)
        found.push({ role: 'user', text: held })
    }
  }
  return found
}

/** What Python prints of an object: no text for a reader. */
const PYTHON_REPR = /^\s*[A-Za-z_][\w.]*\([A-Za-z_]\w*=|^\s*<[\w.]+ object at 0x/

/** The one argument of a decorated function's recorded call, or an object's one telling field. */
function singleText(value: AttributeValue): string | undefined {
  if (!isShape(value)) return undefined
  if (Array.isArray(value.args) && isShape(value.kwargs)) {
    const given = [...value.args, ...Object.values(value.kwargs)]
    const texts = given.filter((each): each is string => typeof each === 'string')
    return texts.length === 1 ? texts[0] : undefined
  }
  for (const name of TELLING) {
    const text = value[name]
    if (typeof text === 'string' && !isNothing(text)) return text
    if (isShape(text) && name === 'input') {
      const inner = singleText(text)
      if (inner !== undefined) return inner
    }
  }
  return undefined
}

/** Fields that hold the text of an object that is no message, the first non-empty wins. */
const TELLING = [
  'response',
  'content',
  'input',
  'output',
  'bot_message',
  'message_text',
  'text',
  'question',
  'query',
  'answer',
  'output_text',
] as const

export type Side = 'input' | 'output'

/** How LlamaIndex prints a message: its role in front. */
const PRINTED_MESSAGE: Record<Side, RegExp> = { input: /^user: /, output: /^assistant: / }

/**
 * The text a reader would want of a recorded value. Input: the last user message; output: the last message of
 * the assistant that has text. A text that is no structure is itself; a Python repr is none.
 */
export function textOf(value: AttributeValue | undefined, side: Side): string | undefined {
  if (isNothing(value) || value === undefined || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return String(value)
  const structure = typeof value === 'string' ? structureIn(value) : value
  if (structure === undefined) {
    const text = (value as string).replace(PRINTED_MESSAGE[side], '')
    return PYTHON_REPR.test(text) || isNothing(text) ? undefined : text
  }
  if (typeof structure === 'string') return isNothing(structure) ? undefined : structure
  const messages = messagesIn(structure)
  const wanted = side === 'input' ? 'user' : 'assistant'
  const last = messages.findLast(({ role, text }) => role === wanted && text !== '')
  if (last) return last.text
  if (messages.length > 0) return undefined
  return singleText(structure as AttributeValue)
}

/** JSON that a text holds: a structure or a quoted string; undefined where it holds none. */
function structureIn(text: string): AttributeValue | undefined {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[' && first !== '"') return undefined
  const value = parseJson(text)
  return typeof value === 'number' || typeof value === 'boolean' ? undefined : (value ?? undefined)
}
