/** A JSON value as parsed. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Deeper levels are not pushed further right: a value 10,000 levels deep would be all blanks. */
const DEEPEST_INDENT = 60

const isContainer = (value: Json): value is readonly Json[] | { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null

const isEmpty = (value: readonly Json[] | { readonly [key: string]: Json }): boolean =>
  (Array.isArray(value) ? value : Object.keys(value)).length === 0

interface Frame {
  readonly keys: readonly string[] | null
  readonly values: readonly Json[]
  next: number
}

const frameOf = (value: readonly Json[] | { readonly [key: string]: Json }): Frame =>
  Array.isArray(value)
    ? { keys: null, values: value as readonly Json[], next: 0 }
    : { keys: Object.keys(value), values: Object.values(value as { [key: string]: Json }), next: 0 }

const indent = (depth: number): string => '  '.repeat(Math.min(depth, DEEPEST_INDENT))

/**
 * A value as the lines of indented JSON, made as they are asked for and without recursion: neither a value
 * of a million nodes nor one of 10,000 levels freezes who shows the first lines.
 */
export function* jsonLines(value: Json): Generator<string, void, undefined> {
  if (!isContainer(value) || isEmpty(value)) {
    yield JSON.stringify(value)
    return
  }
  const stack: Frame[] = [frameOf(value)]
  yield Array.isArray(value) ? '[' : '{'
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    if (frame.next >= frame.values.length) {
      stack.pop()
      const outer = stack.at(-1)
      const comma = outer && outer.next < outer.values.length ? ',' : ''
      yield `${indent(stack.length)}${frame.keys ? '}' : ']'}${comma}`
      continue
    }
    const at = frame.next++
    const child = frame.values[at] as Json
    const comma = frame.next < frame.values.length ? ',' : ''
    const key = frame.keys ? `${JSON.stringify(frame.keys[at])}: ` : ''
    const lead = `${indent(stack.length)}${key}`
    if (!isContainer(child) || isEmpty(child)) yield `${lead}${JSON.stringify(child)}${comma}`
    else {
      yield `${lead}${Array.isArray(child) ? '[' : '{'}`
      stack.push(frameOf(child))
    }
  }
}

/** Indented JSON, whole, for the clipboard. */
export const jsonText = (value: Json): string => [...jsonLines(value)].join('\n')

/** A value on one line, at most about `most` characters: `{ amount: 200, to: "Marta", … }`. */
export const jsonPreview = (value: Json, most: number): string => {
  if (typeof value === 'string') {
    const text = value.length > most ? `${value.slice(0, most)}…` : value
    return JSON.stringify(text)
  }
  if (!isContainer(value)) return String(value)
  const list = Array.isArray(value)
  const keys = list ? null : Object.keys(value)
  const values: readonly Json[] = list ? value : Object.values(value)
  if (values.length === 0) return list ? '[]' : '{}'
  let text = list ? '[' : '{ '
  for (const [at, child] of values.entries()) {
    const key = keys ? `${keys[at]}: ` : ''
    const room = most - text.length - key.length
    if (room < 4) return `${text}…${list ? ']' : ' }'}`
    // One level is looked into, so that a preview stays cheap whatever hangs below.
    text += `${at > 0 ? ', ' : ''}${key}${shallow(child, Math.min(room, 40))}`
  }
  return `${text}${list ? ']' : ' }'}`
}

const shallow = (value: Json, most: number): string => {
  if (!isContainer(value)) return jsonPreview(value, most)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.length}]`
  const entries = Object.entries(value)
  const [first] = entries
  if (!first) return '{}'
  if (entries.length > 1 || isContainer(first[1])) return '{ … }'
  return `{ ${first[0]}: ${jsonPreview(first[1], most)} }`
}
