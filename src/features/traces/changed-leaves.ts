import type { AttributeValue } from '../../domain/span.ts'

/** One changed leaf of participant data. */
export interface LeafChange {
  readonly kind: 'added' | 'removed' | 'modified'
  /** Dotted; keys that are no plain words in quotes. */
  readonly path: string
  readonly before?: AttributeValue
  readonly after?: AttributeValue
}

/** What is compared at most: the peek summarises, the trace page tells all. */
const MOST_LEAVES = 5_000
const DEEPEST = 6

type Fields = { readonly [key: string]: AttributeValue }
const isFields = (value: AttributeValue | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const join = (path: string, key: string): string => {
  const part = /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
  return path === '' ? part : `${path}.${part}`
}

const same = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b)

/** The leaves that differ between two states of the data, in the order of their keys; lists count as leaves. */
export function changedLeaves(before: AttributeValue, after: AttributeValue): readonly LeafChange[] {
  const changes: LeafChange[] = []
  const open: {
    path: string
    a: AttributeValue | undefined
    b: AttributeValue | undefined
    depth: number
  }[] = [{ path: '', a: before, b: after, depth: 0 }]
  for (let seen = 0; open.length > 0 && seen < MOST_LEAVES; seen++) {
    const { path, a, b, depth } = open.pop() as (typeof open)[number]
    if (isFields(a) && isFields(b) && depth < DEEPEST) {
      const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
      for (const name of names.reverse()) {
        const [left, right] = [
          Object.hasOwn(a, name) ? a[name] : undefined,
          Object.hasOwn(b, name) ? b[name] : undefined,
        ]
        open.push({ path: join(path, name), a: left, b: right, depth: depth + 1 })
      }
    } else if (a === undefined && b !== undefined) changes.push({ kind: 'added', path, after: b })
    else if (b === undefined && a !== undefined) changes.push({ kind: 'removed', path, before: a })
    else if (a !== undefined && b !== undefined && !same(a, b))
      changes.push({ kind: 'modified', path, before: a, after: b })
  }
  return changes
}

/** A value in a few words of JSON: `"confirmed"`, `{ code: "READ_TIMEOUT", … }`. */
export function briefValue(value: AttributeValue | undefined, length = 60): string {
  const text = isFields(value) ? briefFields(value) : (JSON.stringify(value) ?? '')
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function briefFields(fields: Fields): string {
  const [first, ...rest] = Object.entries(fields)
  if (!first) return '{}'
  const value = typeof first[1] === 'object' && first[1] !== null ? '…' : JSON.stringify(first[1])
  return `{ ${first[0]}: ${value}${rest.length > 0 ? ', …' : ''} }`
}
