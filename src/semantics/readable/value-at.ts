import type { AttributeValue } from '../../domain/model/span.ts'
import { parseJson } from './tolerant-value.ts'
import { isShape } from './value-shape.ts'

/** What stands in an object, or in the JSON text of one, at the end of a path; undefined where nothing does. */
export function valueAt(
  value: AttributeValue | undefined,
  path: readonly string[],
): AttributeValue | undefined {
  const last = path.at(-1) ?? ''
  // Values may be large and are asked for each span: a text without the name cannot have it.
  if (typeof value === 'string' && !value.includes(`"${last}"`)) return undefined
  let at = typeof value === 'string' ? parseJson(value) : value
  for (const step of path) at = isShape(at) && Object.hasOwn(at, step) ? at[step] : undefined
  return at
}
