import type { AttributeValue } from '../../domain/model/span.ts'
import { isNothing, parseJson } from './tolerant-value.ts'
import { isShape } from './value-shape.ts'

const DEEPEST = 4
/** Names of values that nobody says: what is called, not what is asked. */
const NO_TEXT =
  /(^|[_.-])(ids?|name|model|url|uri|path|file|key|token|type|kind|mode|lang|language|locale|timezone|channel|status|state|version|role|format|level|user|session|thread|agent|action|intent|flow|date|time|timestamp)$|Id$/i
/** What Python prints of objects, and structures in a text. */
const NO_SPEECH = /^\s*(?:[[{(<]|[A-Za-z_][\w.]*\()/

/**
 * The only text in an object that is no message: what a function was given that takes one text and settings
 * (`{"task": "…", "stream": false}`). Undefined where there is none or more than one.
 */
export function soleText(value: AttributeValue): string | undefined {
  const read = typeof value === 'string' && /^\s*\{/.test(value) ? parseJson(value) : value
  if (!isShape(read)) return undefined
  const found = new Set<string>()
  const gather = (object: { readonly [name: string]: AttributeValue }, depth: number) => {
    for (const [name, inner] of Object.entries(object)) {
      if (found.size > 1) return
      if (typeof inner === 'string') {
        if (!isNothing(inner) && !NO_TEXT.test(name) && !NO_SPEECH.test(inner)) found.add(inner)
      } else if (isShape(inner) && depth < DEEPEST) gather(inner, depth + 1)
    }
  }
  gather(read, 1)
  return found.size === 1 ? [...found][0]?.trimEnd() : undefined
}
