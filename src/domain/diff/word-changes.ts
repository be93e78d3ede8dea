import { diffLines, diffWordsWithSpace } from 'diff'

/** A stretch of text that stayed, went or came. */
export interface TextPart {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Texts whose differing middles are longer are compared by lines, and by nothing where that is too much. */
const MAX_WORD_COMPARED = 40_000
const MAX_LINE_COMPARED = 2_000_000
const MAX_EDITS = 1_000

/**
 * What changed inside a text, word by word. The parts that are not `added` make the old text, those that
 * are not `removed` the new one. Bounded: very long or very different texts are one removal and one addition.
 */
export function wordChanges(before: string, after: string): TextPart[] {
  if (before === after) return before === '' ? [] : [{ kind: 'same', text: before }]
  const head = wordStart(before, commonHead(before, after))
  const tail = wordEnd(before, commonTail(before, after, head))
  const parts: TextPart[] = []
  if (head > 0) parts.push({ kind: 'same', text: before.slice(0, head) })
  parts.push(...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)))
  if (tail > 0) parts.push({ kind: 'same', text: before.slice(before.length - tail) })
  return joined(parts)
}

function middle(before: string, after: string): TextPart[] {
  const size = before.length + after.length
  const options = { maxEditLength: MAX_EDITS }
  const edits =
    size <= MAX_WORD_COMPARED
      ? diffWordsWithSpace(before, after, options)
      : size <= MAX_LINE_COMPARED
        ? diffLines(before, after, options)
        : undefined
  if (edits === undefined)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]
  return edits.map(({ added, removed, value }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }))
}

const MOST_LETTERS = 100
const isSpace = (text: string, at: number) => /\s/.test(text[at] ?? ' ')

function commonHead(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  return length
}
function commonTail(a: string, b: string, head: number): number {
  const most = Math.min(a.length, b.length) - head
  let length = 0
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length += 1
  return length
}

/** Back to where a word begins, so that no word is cut in two. */
function wordStart(text: string, at: number): number {
  for (let start = at; start > 0 && at - start < MOST_LETTERS; start--)
    if (isSpace(text, start - 1)) return start
  return at < MOST_LETTERS ? 0 : whole(text, at, -1)
}
/** The same for what is common at the end, counted from there. */
function wordEnd(text: string, tail: number): number {
  const from = text.length - tail
  for (let start = from; start < text.length && start - from < MOST_LETTERS; start++)
    if (isSpace(text, start)) return text.length - start
  return tail < MOST_LETTERS ? 0 : text.length - whole(text, from, 1)
}
/** Never between the two halves of a character. */
function whole(text: string, at: number, step: 1 | -1): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at + step : at
}

/** Neighbours of one kind as one part. */
function joined(parts: readonly TextPart[]): TextPart[] {
  const result: TextPart[] = []
  for (const part of parts) {
    if (part.text === '') continue
    const last = result.at(-1)
    if (last?.kind === part.kind) result[result.length - 1] = { kind: part.kind, text: last.text + part.text }
    else result.push(part)
  }
  return result
}
