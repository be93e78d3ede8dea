import type { Json } from './json-lines.ts'

/** One line of a data tree. `path` names it among the others: keys and indices from the root. */
export interface JsonRow {
  readonly path: readonly (string | number)[]
  /** JSON of `path`: what the set of opened nodes holds. */
  readonly id: string
  readonly key: string
  readonly value: Json
  readonly depth: number
  /** undefined for a value that holds nothing. */
  readonly open: boolean | undefined
}

const childrenOf = (value: Json): readonly (readonly [string | number, Json])[] => {
  if (Array.isArray(value)) return value.map((child, at) => [at, child] as const)
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** The lines of a data tree with the given nodes open: the root's children, then theirs, in order. */
export const jsonRows = (root: Json, opened: ReadonlySet<string>): readonly JsonRow[] => {
  const rows: JsonRow[] = []
  const stack = [{ children: childrenOf(root), next: 0, path: [] as readonly (string | number)[] }]
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const child = frame.children[frame.next++]
    if (!child) {
      stack.pop()
      continue
    }
    const path = [...frame.path, child[0]]
    const id = JSON.stringify(path)
    const holds = typeof child[1] === 'object' && child[1] !== null && childrenOf(child[1]).length > 0
    const open = holds ? opened.has(id) : undefined
    rows.push({ path, id, key: String(child[0]), value: child[1], depth: stack.length - 1, open })
    if (open) stack.push({ children: childrenOf(child[1]), next: 0, path })
  }
  return rows
}

const PLAIN_KEY = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u

/** A path as one reads it: `orders[1].status`, `["a.b"].c`. */
export const pathText = (path: readonly (string | number)[]): string => {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (PLAIN_KEY.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}
