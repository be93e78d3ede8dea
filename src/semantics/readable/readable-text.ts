import type { AttributeValue } from '../../domain/span.ts'
import { partsOf, type ReadablePart, toolCallsIn } from './readable-parts.ts'
import { isNothing, parseJson, readPythonRepr } from './tolerant-value.ts'
import { isShape, type Shape } from './value-shape.ts'

/** One message, or one value that is none: who said it, and in which parts. */
export interface ReadableBlock {
  /** `user`, `assistant`, `system`, `tool`, or as recorded; absent where nobody said it. */
  readonly role?: string
  /** Of a tool's message: which tool. */
  readonly name?: string
  readonly parts: readonly ReadablePart[]
}

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

/** Names under which messages stand in requests, replies and states; the first that holds some wins. */
const HOLDERS = [
  'messages',
  'contents',
  'choices',
  'candidates',
  'generations',
  'outputs',
  'inputs',
  'output',
  'input',
  'update',
] as const

/** Fields that are the text of an object which is no message; the first non-empty wins. */
const TELLING = [
  'response',
  'content',
  'input',
  'bot_message',
  'message_text',
  'text',
  'output_text',
  'answer',
] as const

const DEEPEST = 10
const MOST_BLOCKS = 2_000

/** A message in any known shape; undefined where a value is none. */
function messageIn(value: Shape): ReadableBlock | undefined {
  if (value.lc !== undefined && isShape(value.kwargs)) return messageIn(value.kwargs)
  if (isShape(value.data) && typeof value.type === 'string' && MESSAGE_TYPES.has(value.type))
    return messageIn({ ...value.data, type: value.type })
  if (isShape(value.message) && value.role === undefined) return messageIn(value.message)
  if (isShape(value.content) && Array.isArray(value.content.parts)) return messageIn(value.content)
  const said = typeof value.role === 'string' ? value.role : undefined
  const type = typeof value.type === 'string' && MESSAGE_TYPES.has(value.type) ? value.type : undefined
  const role = said ?? type
  if (role === undefined) return undefined
  const content = [value.parts, value.contents, value.content, value.text].find((each) => each != null)
  const calls = toolCallsIn(value)
  const known = ROLES[role] ?? role
  const parts: readonly ReadablePart[] = [
    ...(known === 'tool' && !hasToolResult(content)
      ? [{ kind: 'tool-result' as const, ...idOf(value), content: content ?? null }]
      : partsOf(content)),
    ...calls,
  ]
  const name = typeof value.name === 'string' && value.name !== '' ? value.name : undefined
  return { role: known, ...(name !== undefined && { name }), parts }
}

const idOf = ({ tool_call_id: id }: Shape): { id?: string } => (typeof id === 'string' ? { id } : {})

const hasToolResult = (content: AttributeValue | undefined): boolean =>
  partsOf(content).some(({ kind }) => kind === 'tool-result')

/** Blocks of a structured value; undefined where no message is in it. */
function blocksIn(value: AttributeValue, depth: number): readonly ReadableBlock[] | undefined {
  if (depth > DEEPEST) return undefined
  if (Array.isArray(value)) return blocksOfList(value, depth)
  if (!isShape(value)) return undefined
  const message = messageIn(value)
  if (message) return [message]
  if (typeof value.text === 'string' && ('generation_info' in value || 'tool_calls' in value))
    return [{ role: 'assistant', parts: [...partsOf(value.text), ...toolCallsIn(value)] }]
  if (value.text === null && 'tool_calls' in value) return [{ role: 'assistant', parts: toolCallsIn(value) }]
  const item = responseItem(value)
  if (item) return [item]
  for (const holder of HOLDERS) {
    const held = value[holder]
    if (typeof held !== 'object' || held === null) continue
    const blocks = blocksIn(held, depth + 1)
    if (!blocks) continue
    return [...systemBlocks(value), ...blocks]
  }
  const prompt = value.prompt
  if (typeof prompt === 'string' && value.system !== undefined)
    return [...systemBlocks(value), { role: 'user', parts: partsOf(prompt) }]
  return undefined
}

const systemBlocks = (value: Shape): readonly ReadableBlock[] => {
  const said = value.system ?? value.systemInstruction ?? value.system_instruction ?? value.instructions
  const parts = partsOf(isShape(said) && Array.isArray(said.parts) ? said.parts : said)
  return parts.length > 0 ? [{ role: 'system', parts }] : []
}

/** Items of OpenAI's Responses API that are no messages. */
function responseItem(value: Shape): ReadableBlock | undefined {
  const parts = ['function_call', 'function_call_output', 'reasoning', 'custom_tool_call'].includes(
    String(value.type),
  )
    ? partsOf([value])
    : []
  if (parts.length === 0) return undefined
  return { role: value.type === 'function_call_output' ? 'tool' : 'assistant', parts }
}

function blocksOfList(list: readonly AttributeValue[], depth: number): readonly ReadableBlock[] | undefined {
  const found: ReadableBlock[] = []
  for (const item of list.slice(0, MOST_BLOCKS)) {
    const blocks = typeof item === 'object' && item !== null ? blocksIn(item, depth + 1) : undefined
    // One item that is no message: the list is a list of something else.
    if (!blocks) return found.length > 0 && depth > 0 ? found : contentParts(list)
    found.push(...blocks)
  }
  return found.length > 0 ? found : undefined
}

/** A bare list of content parts (`[{type: "text", text}]`), as one block without a speaker. */
function contentParts(list: readonly AttributeValue[]): readonly ReadableBlock[] | undefined {
  if (!list.every((item) => isShape(item) && typeof item.type === 'string')) return undefined
  const parts = partsOf(list)
  return parts.length > 0 && parts.every(({ kind }) => kind !== 'data') ? [{ parts }] : undefined
}

/** The structure that a text holds, if it does. */
function structureIn(text: string): AttributeValue | undefined {
  const start = text.trimStart()[0]
  if (start === '{' || start === '[' || start === '"') return parseJson(text) ?? readPythonRepr(text)
  return undefined
}

/** The one argument of a recorded call, or an object's telling field. */
function tellingText(value: Shape): string | undefined {
  if (Array.isArray(value.args) && isShape(value.kwargs)) {
    const given = [...value.args, ...Object.values(value.kwargs)]
    return given.length === 1 && typeof given[0] === 'string' ? given[0] : undefined
  }
  for (const name of TELLING) {
    const held = value[name]
    if (typeof held === 'string' && !isNothing(held)) return held
    if (name === 'input' && isShape(held)) {
      const inner = tellingText(held)
      if (inner !== undefined) return inner
    }
  }
  return undefined
}

/**
 * A recorded value as a reader would want it: messages with who said what, tool calls and results, reasoning,
 * images by reference; what is none of these stands as data. Total, bounded, loads nothing.
 * Understands OpenAI (chat and responses), Anthropic, Gemini, LangChain, the Vercel AI SDK, OpenTelemetry's
 * GenAI messages, OpenInference, Langfuse and Open Chat Studio.
 */
export function readable(value: AttributeValue | undefined): readonly ReadableBlock[] {
  if (value === undefined || isNothing(value)) return []
  const structure = typeof value === 'string' ? structureIn(value) : value
  if (structure === undefined || structure === null) return [{ parts: partsOf(String(value)) }]
  if (typeof structure === 'string') return isNothing(structure) ? [] : [{ parts: partsOf(structure) }]
  const blocks = blocksIn(structure, 0)?.filter(({ parts }) => parts.length > 0)
  if (blocks && blocks.length > 0) return blocks
  const text = isShape(structure) ? tellingText(structure) : undefined
  if (text !== undefined) return [{ parts: partsOf(text) }]
  return [{ parts: [{ kind: 'data', value: structure }] }]
}

/** A stretch of messages that an earlier value of the page has shown already. */
export interface FoldedHistory {
  readonly repeated: readonly ReadableBlock[]
  readonly fresh: readonly ReadableBlock[]
}

/**
 * Splits off the history that repeats: the longest run at the start whose messages all stood in `seen`.
 * The last message is always fresh, so that something is left to read.
 */
export function foldHistory(blocks: readonly ReadableBlock[], seen: readonly ReadableBlock[]): FoldedHistory {
  const known = new Set(seen.map((block) => JSON.stringify(block)))
  let until = 0
  while (until < blocks.length - 1 && known.has(JSON.stringify(blocks[until]))) until++
  return { repeated: blocks.slice(0, until), fresh: blocks.slice(until) }
}
