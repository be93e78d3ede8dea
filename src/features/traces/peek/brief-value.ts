import { isObject } from '../../../domain/diff/value-identity.ts'
import type { AttributeValue } from '../../../domain/model/span.ts'
import { printable } from '../../../ui/text/printable-text.ts'

/** A value in a few words of JSON: `"confirmed"`, `{ code: "READ_TIMEOUT", … }`. */
export function briefValue(value: AttributeValue, length = 60): string {
  const text = printable(isObject(value) ? briefFields(value) : shortJson(value, length))
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function briefFields(fields: { readonly [key: string]: AttributeValue }): string {
  const [first, ...rest] = Object.entries(fields)
  if (!first) return '{}'
  const value = typeof first[1] === 'object' && first[1] !== null ? '…' : JSON.stringify(first[1])
  return `{ ${first[0]}: ${value}${rest.length > 0 ? ', …' : ''} }`
}

/** A list too deep to write as JSON is only named. */
function shortJson(value: AttributeValue, length: number): string {
  try {
    return JSON.stringify(typeof value === 'string' ? value.slice(0, length) : value) ?? ''
  } catch {
    return '[…]'
  }
}
