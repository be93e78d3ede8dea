import type { AttributeValue } from '../domain/model/span.ts'
import { setKey, type ValueGuard } from './otlp/guard/value-guard.ts'
import { plainNumber } from './otlp/json/json-fields.ts'

type Objects = { readonly [key: string]: unknown }

const inner = (value: unknown, guard: ValueGuard, depth: number): AttributeValue => {
  if (typeof value === 'string') return guard.value(value)
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null || !guard.isShallow(depth + 1)) return null
  if (Array.isArray(value)) {
    const items: AttributeValue[] = []
    for (const item of value) {
      if (!guard.fits()) break
      items.push(inner(item, guard, depth + 1))
    }
    return items
  }
  const object: { [key: string]: AttributeValue } = {}
  for (const [key, item] of Object.entries(value as Objects)) {
    if (!guard.fits()) break
    setKey(object, guard.value(key), inner(item, guard, depth + 1))
  }
  return object
}

/** A value of plain JSON as an attribute's, bounded in size and depth. `what` names it in a problem. */
export const readPlainValue = (value: unknown, guard: ValueGuard, what: string): AttributeValue => {
  guard.begin(what)
  return inner(value, guard, 0)
}
