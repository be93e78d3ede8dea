import type { AttributeValue } from '../../domain/model/span.ts'
import { type FoundMessage, messagesOf, nameIn, partsIn, textIn } from './messages.ts'
import type { ReadablePart } from './readable-parts.ts'

/** One message, or one value that is none: who said it, and in which parts. */
export interface ReadableBlock {
  /** `user`, `assistant`, `system`, `tool`, or as recorded; absent where nobody said it. */
  readonly role?: string
  /** Of a tool's message: which tool. */
  readonly name?: string
  readonly parts: readonly ReadablePart[]
}

const MOST_BLOCKS = 2_000

/**
 * A recorded value as a reader would want it: messages with who said what, tool calls and results, reasoning,
 * images by reference; what is none of these stands as data. Of more than 2,000 messages the first and the
 * last are kept.
 */
export function readable(value: AttributeValue | undefined): readonly ReadableBlock[] {
  const found = messagesOf(value)
  const kept = found.length > MOST_BLOCKS ? [...found.slice(0, 1), ...found.slice(1 - MOST_BLOCKS)] : found
  const blocks = kept.map((each): ReadableBlock => {
    const { role } = each
    const name = nameIn(each)
    return {
      ...(role !== undefined && { role }),
      ...(name !== undefined && { name }),
      parts: partsIn(each),
    }
  })
  const telling = blocks.filter(({ parts }) => parts.length > 0)
  if (telling.length > 0 || value === undefined) return telling
  // Messages without any content: as recorded, rather than nothing at all.
  return found.length > 0 ? [{ parts: [{ kind: 'data', value }] }] : []
}

export type Side = 'input' | 'output'
const SPEAKER: Record<Side, string> = { input: 'user', output: 'assistant' }

/**
 * The text of a recorded value, from the same messages that `readable` shows: of an input the last user
 * message, of an output the last message of the assistant that has text; where nobody speaks, all text.
 */
export function textOf(value: AttributeValue | undefined, side: Side): string | undefined {
  const found = messagesOf(value)
  let spoken = false
  for (let at = found.length - 1; at >= 0; at--) {
    const message = found[at] as FoundMessage
    spoken ||= message.role !== undefined
    if (message.role !== SPEAKER[side]) continue
    const text = textIn(message)
    if (text !== undefined) return text
  }
  if (spoken) return found[0]?.asWritten
  const texts = found.flatMap((message) => (message.sole ? [] : (textIn(message) ?? [])))
  return texts.length > 0 ? texts.join('\n') : undefined
}

/** A list of messages that begins with some that an earlier value of the page has shown already. */
export interface SplitHistory {
  readonly repeated: readonly ReadableBlock[]
  readonly fresh: readonly ReadableBlock[]
}

/**
 * Splits off the history that repeats: the longest run at the start whose messages all stood in `seen`.
 * The last message is always fresh, so that something is left to read.
 */
export function splitHistory(blocks: readonly ReadableBlock[], seen: readonly ReadableBlock[]): SplitHistory {
  const known = new Set(seen.map((block) => JSON.stringify(block)))
  let until = 0
  while (until < blocks.length - 1 && known.has(JSON.stringify(blocks[until]))) until++
  return { repeated: blocks.slice(0, until), fresh: blocks.slice(until) }
}
