import { cutProblem, cutText, cutWithMark } from '../../domain/model/cut-text.ts'
import type { Attributes, AttributeValue } from '../../domain/model/span.ts'

/**
 * Cuts values larger than `limit` characters, structure to its JSON, and those beyond what all of them may take
 * together; says so in words.
 */
export const cutAttributes = (
  attributes: Attributes,
  limit: number,
  together = Number.POSITIVE_INFINITY,
): { readonly attributes: Attributes; readonly problems: readonly string[] } => {
  const problems: string[] = []
  let left = together
  const cut = ([key, value]: [string, AttributeValue]): [string, AttributeValue] => {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
    if (typeof text !== 'string') return [key, value]
    const room = Math.min(limit, left)
    const kept = cutText(text, room).length
    left -= kept
    if (kept === text.length) return [key, value]
    problems.push(cutProblem(`attribute "${key}"`, text, kept))
    return [key, cutWithMark(text, room)]
  }
  const kept = Object.fromEntries(Object.entries(attributes).map(cut))
  return { attributes: problems.length > 0 ? kept : attributes, problems }
}
