import type { AttributeValue } from '../model/span.ts'

/** Gives equal values equal numbers; the order of an object's keys does not matter. */
export type IdentityOf = (value: AttributeValue) => number

export type DataObject = { readonly [key: string]: AttributeValue }
export const isArray = (value: unknown): value is readonly AttributeValue[] => Array.isArray(value)
export const isObject = (value: unknown): value is DataObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sets a key. `__proto__` stays the plain key that JSON makes of it. */
export function put(target: Record<string, AttributeValue>, key: string, value: AttributeValue): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
/** An object's own value; undefined where it has none, whatever its prototype has. */
export const own = (value: DataObject, key: string): AttributeValue | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined

interface Frame {
  readonly value: readonly AttributeValue[] | DataObject
  readonly keys: readonly string[] | null
  readonly items: readonly AttributeValue[]
  readonly parts: number[]
}

/**
 * Numbers values by what they are, every part of every value once: comparing two subtrees then costs
 * nothing. Without recursion, for data as deep as it comes.
 */
export function identities(): IdentityOf {
  const scalars = new Map<AttributeValue, number>()
  const structures = new Map<string, number>()
  const known = new WeakMap<object, number>()
  let next = 0
  const numberIn = <Key>(map: Map<Key, number>, key: Key): number => {
    let number = map.get(key)
    if (number === undefined) {
      number = next++
      map.set(key, number)
    }
    return number
  }
  const knownOf = (value: AttributeValue): number | undefined =>
    typeof value === 'object' && value !== null ? known.get(value) : numberIn(scalars, value)

  const frameOf = (value: readonly AttributeValue[] | DataObject): Frame => {
    if (isArray(value)) return { value, keys: null, items: value, parts: [] }
    const keys = Object.keys(value).sort()
    return { value, keys, items: keys.map((key) => value[key] as AttributeValue), parts: [] }
  }
  const close = ({ value, keys, parts }: Frame): number => {
    const text =
      keys === null
        ? `[${parts.join()}]`
        : `{${keys.map((key, index) => `${numberIn(scalars, key)}:${parts[index]}`).join()}}`
    const number = numberIn(structures, text)
    known.set(value, number)
    return number
  }

  return (value) => {
    const quick = knownOf(value)
    if (quick !== undefined) return quick
    const stack = [frameOf(value as DataObject)]
    for (;;) {
      const frame = stack.at(-1) as Frame
      if (frame.parts.length === frame.items.length) {
        const number = close(frame)
        stack.pop()
        const above = stack.at(-1)
        if (above === undefined) return number
        above.parts.push(number)
        continue
      }
      const item = frame.items[frame.parts.length] as AttributeValue
      const number = knownOf(item)
      if (number !== undefined) frame.parts.push(number)
      else stack.push(frameOf(item as DataObject))
    }
  }
}
