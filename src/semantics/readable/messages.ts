import type { AttributeValue } from '../../domain/model/span.ts'
import { partsOf, type ReadablePart, toolCallsIn } from './readable-parts.ts'
import { soleText } from './sole-text.ts'
import { isNothing, parseJson, readPythonRepr } from './tolerant-value.ts'
import { isShape, type Shape } from './value-shape.ts'

/**
 * One message found in a value, or one value that is none. Its parts are read when they are asked for
 * (`partsIn`): of a long history most readers want one message.
 */
export interface FoundMessage {
  /** `user`, `assistant`, `system`, `tool`, or as recorded; undefined where nobody said it. */
  readonly role: string | undefined
  /** `message`: an object with a role; `content`: what a message holds; `data`: neither. */
  readonly is: 'message' | 'content' | 'data'
  readonly value: AttributeValue
  /** The whole text where the role is only what it begins with: people write `user: ` too. */
  readonly asWritten?: string
  /** The only text of an object that is no message: perhaps what was asked, never an answer. */
  readonly sole?: true
}

const content = (value: AttributeValue, role?: string): FoundMessage => ({ role, is: 'content', value })
const data = (value: AttributeValue): FoundMessage => ({ role: undefined, is: 'data', value })

/** What a message says. */
export function partsIn({ role, is, value }: FoundMessage): readonly ReadablePart[] {
  if (is === 'data') return [{ kind: 'data', value }]
  return is === 'message' && isShape(value) ? partsOfMessage(role, value) : partsOf(value)
}

/** The text of what a message says; undefined where it has none. */
export function textIn({ role, is, value }: FoundMessage): string | undefined {
  if (is === 'data') return undefined
  const held = is === 'message' && isShape(value) ? bodyOf(value) : value
  // The result of a tool is no text of anybody.
  if (role === 'tool' && is === 'message') return undefined
  if (typeof held === 'string') return held.trimEnd() || undefined
  let text: string | undefined
  for (const part of partsOf(held))
    if (part.kind === 'text') text = text === undefined ? part.text : `${text}\n${part.text}`
  return text
}

const bodyOf = (message: Shape): AttributeValue | undefined =>
  message.parts ?? message.contents ?? message.content ?? message.text

/** Of a tool's message: which tool. */
export const nameIn = ({ is, value }: FoundMessage): string | undefined =>
  is === 'message' && isShape(value) && typeof value.name === 'string' && value.name !== ''
    ? value.name
    : undefined

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  ai: 'assistant',
  AIMessageChunk: 'assistant',
  model: 'assistant',
  developer: 'system',
  function: 'tool',
}

/** LangChain's message types; other objects have a `type` too. */
const MESSAGE_TYPES: ReadonlySet<string> = new Set([
  'human',
  'ai',
  'AIMessageChunk',
  'system',
  'tool',
  'function',
])

/** Names under which messages stand in requests, replies and states; what was given before what came back. */
const HOLDERS = [
  'messages',
  'contents',
  'prompt',
  'inputs',
  'input',
  'choices',
  'candidates',
  'generations',
  'outputs',
  'output',
  'update',
] as const

/** Fields of an object that is no message: what was asked, what was told, what may be either. In order. */
const ASKED = ['input', 'message_text', 'question', 'query'] as const
const TOLD = ['response', 'output', 'bot_message', 'output_text', 'answer'] as const
const SAID = ['content', 'text'] as const
/** Objects with these often hold more than the text: what else they hold is shown beside it. */
const WITH_OTHERS: ReadonlySet<string> = new Set(['question', 'query', 'output'])

const DEEPEST = 12
const MOST_ITEMS = 5_000

/** A role by the name that readers know; others are told as they are. */
const knownRole = (name: string): string => (Object.hasOwn(ROLES, name) ? (ROLES[name] ?? name) : name)

/** What a message has beside its role; an object that has none of it only names a role. */
const BODIES = ['content', 'parts', 'contents', 'text', 'tool_calls', 'function_call'] as const

const hasBody = (value: Shape): boolean => {
  for (const body of BODIES) if (value[body] !== undefined) return true
  return false
}

/** A message in any known shape; undefined where a value is none. Says who speaks as early as it can. */
function messageIn(value: Shape, depth: number): FoundMessage | undefined {
  const { role, type } = value
  if (typeof role === 'string')
    return hasBody(value) ? { role: knownRole(role), is: 'message', value } : undefined
  if (depth > DEEPEST) return undefined
  if (value.lc !== undefined && isShape(value.kwargs)) return messageIn(value.kwargs, depth + 1)
  if (isShape(value.message)) return messageIn(value.message, depth + 1)
  if (isShape(value.content) && Array.isArray(value.content.parts)) return messageIn(value.content, depth + 1)
  if (typeof type !== 'string' || !MESSAGE_TYPES.has(type)) return undefined
  if (isShape(value.data)) return messageIn({ ...value.data, type }, depth + 1)
  // Definitions of tools have a type too.
  if (value.content === undefined && value.tool_calls === undefined) return undefined
  return { role: knownRole(type), is: 'message', value }
}

function partsOfMessage(role: string | undefined, value: Shape): readonly ReadablePart[] {
  const held = bodyOf(value)
  const parts = partsOf(held)
  return [
    ...(role === 'tool' && !parts.some(({ kind }) => kind === 'tool-result')
      ? [{ kind: 'tool-result' as const, ...idOf(value), content: held ?? null }]
      : parts),
    ...toolCallsIn(value),
  ]
}

const idOf = ({ tool_call_id: id }: Shape): { id?: string } => (typeof id === 'string' ? { id } : {})

/** Messages of a structured value, in order; undefined where none is in it. */
function messagesIn(value: AttributeValue): FoundMessage[] | undefined {
  const found: FoundMessage[] = []
  return gather(value, 0, found) ? found : undefined
}

/** Adds what a value holds to what was found; says whether it held a message. */
function gather(value: AttributeValue, depth: number, found: FoundMessage[]): boolean {
  if (depth > DEEPEST) return false
  if (Array.isArray(value)) return gatherList(value, depth, found)
  if (!isShape(value)) return false
  const message = messageIn(value, depth) ?? replyIn(value) ?? responseItem(value)
  if (message) {
    found.push(message)
    return true
  }
  const before = found.length
  for (const holder of HOLDERS) {
    const held = value[holder]
    if (held === undefined) continue
    if (typeof held === 'object' && held !== null) gather(held, depth + 1, found)
    else if (holder === 'prompt' && typeof held === 'string' && value.system !== undefined)
      found.push(content(held, 'user'))
  }
  if (found.length === before) return false
  const instructed = instructions(value)
  if (instructed) found.splice(before, 0, instructed)
  return true
}

/** What a model gave back, without a role: a text with what is known of how it came about. */
const replyIn = (value: Shape): FoundMessage | undefined =>
  (typeof value.text === 'string' && ('generation_info' in value || 'tool_calls' in value)) ||
  (value.text === null && 'tool_calls' in value)
    ? { role: 'assistant', is: 'message', value }
    : undefined

const instructions = (value: Shape): FoundMessage | undefined => {
  const said = value.system ?? value.systemInstruction ?? value.system_instruction ?? value.instructions
  if (said === undefined || said === null) return undefined
  return content(isShape(said) && Array.isArray(said.parts) ? said.parts : said, 'system')
}

/** Items of OpenAI's Responses API that are no messages, by type: who made them. */
const RESPONSE_ITEMS: Readonly<Record<string, string>> = {
  function_call: 'assistant',
  custom_tool_call: 'assistant',
  reasoning: 'assistant',
  function_call_output: 'tool',
}

function responseItem(value: Shape): FoundMessage | undefined {
  const role = typeof value.type === 'string' ? RESPONSE_ITEMS[value.type] : undefined
  return role === undefined || partsOf([value]).length === 0 ? undefined : content([value], role)
}

/** Of a longer list the end: what was said last is what readers look for. */
function gatherList(list: readonly AttributeValue[], depth: number, found: FoundMessage[]): boolean {
  const before = found.length
  let any = false
  for (let at = Math.max(0, list.length - MOST_ITEMS); at < list.length; at++) {
    const item = list[at] as AttributeValue
    if (typeof item === 'object' && item !== null && gather(item, depth + 1, found)) any = true
    else found.push(content([item]))
  }
  if (any) return true
  found.length = before
  const parts = contentParts(list)
  if (parts) found.push(parts)
  return parts !== undefined
}

/** A bare list of content parts (`[{type: "text", text}]`), as one message without a speaker. */
function contentParts(list: readonly AttributeValue[]): FoundMessage | undefined {
  if (!list.every((item) => isShape(item) && typeof item.type === 'string')) return undefined
  const parts = partsOf(list)
  return parts.length > 0 && parts.every(({ kind }) => kind !== 'data') ? content(list) : undefined
}

/** The structure that a text holds, in JSON or as Python prints it, if it does. */
function structureIn(text: string): AttributeValue | undefined {
  const start = text.trimStart()[0]
  if (start !== '{' && start !== '[' && start !== '"') return undefined
  return parseJson(text) ?? readPythonRepr(text)
}

interface Telling {
  readonly field: string
  readonly text: string
}

/** The first of some fields that holds a text; what was given or came back may be an object of such fields. */
function telling(value: Shape, fields: readonly string[]): Telling | undefined {
  for (const field of fields) {
    const held = value[field]
    if (typeof held === 'string' && !isNothing(held)) return { field, text: held }
    if ((field === 'input' || field === 'output') && isShape(held)) {
      const inner = telling(held, fields) ?? telling(held, SAID)
      if (inner) return { field, text: inner.text }
    }
  }
  return undefined
}

/** An object that is no message: the one text of a recorded call, or its telling fields. */
function messagesOfFields(value: Shape): readonly FoundMessage[] | undefined {
  if (Array.isArray(value.args) && isShape(value.kwargs)) {
    const given = [...value.args, ...Object.values(value.kwargs)]
    const texts = given.filter((each): each is string => typeof each === 'string')
    if (texts.length !== 1) return undefined
    return given.map((each) => (typeof each === 'string' ? content(each) : data(each as AttributeValue)))
  }
  const asked = telling(value, ASKED)
  const told = telling(value, TOLD)
  const found = [asked, told].filter((each) => each !== undefined)
  if (found.length === 0) {
    const one = telling(value, SAID)
    if (one) return [content(one.text)]
    const sole = soleText(value)
    return sole === undefined ? undefined : [{ ...content(sole), sole: true }, data(value)]
  }
  const others = found.some(({ field }) => WITH_OTHERS.has(field))
    ? Object.entries(value).filter(([name]) => !found.some(({ field }) => field === name))
    : []
  return [
    ...(asked ? [content(asked.text, told && 'user')] : []),
    ...(told ? [content(told.text, asked && 'assistant')] : []),
    ...(others.length > 0 ? [data(Object.fromEntries(others))] : []),
  ]
}

/** How LlamaIndex prints a message: its role in front. */
const PRINTED_MESSAGE = /^(user|assistant): (?=\S)/
/** What Python prints of an object: no text for a reader. */
const PYTHON_REPR = /^\s*[A-Za-z_][\w.]*\([A-Za-z_]\w*=|^\s*<[\w.]+ object at 0x/

function messagesOfText(text: string): readonly FoundMessage[] {
  const role = PRINTED_MESSAGE.exec(text)?.[1]
  const rest = role === undefined ? text : text.slice(role.length + 2)
  if (PYTHON_REPR.test(rest)) return [data(text)]
  return isNothing(rest)
    ? []
    : [role === undefined ? content(rest) : { ...content(rest, role), asWritten: text }]
}

/**
 * The messages of a recorded value, in order; a value that holds none is one message without a speaker.
 * This is the one reader of messages: previews, texts to search and panels all begin here.
 * Understands OpenAI (chat and responses), Anthropic, Gemini, LangChain, the Vercel AI SDK, OpenTelemetry's
 * GenAI messages, OpenInference, Langfuse and Open Chat Studio. Total, bounded, loads nothing.
 */
export function messagesOf(value: AttributeValue | undefined): readonly FoundMessage[] {
  if (value === undefined || value === null || isNothing(value)) return []
  if (typeof value === 'boolean') return [data(value)]
  const structure = typeof value === 'string' ? structureIn(value) : value
  if (structure === undefined || structure === null) return messagesOfText(value as string)
  if (typeof structure === 'string') return isNothing(structure) ? [] : [content(structure)]
  if (typeof structure !== 'object') return [content(String(structure))]
  return (
    messagesIn(structure) ??
    (isShape(structure) ? messagesOfFields(structure) : undefined) ?? [data(structure)]
  )
}
