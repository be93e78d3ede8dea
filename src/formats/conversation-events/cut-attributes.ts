import type { Attributes, AttributeValue } from '../../domain/span.ts'

const count = (value: number): string => value.toLocaleString('en-US')

/** Cuts values larger than `limit` characters, structure to its JSON, and says so in words. */
export const cutAttributes = (
  attributes: Attributes,
  limit: number,
): { readonly attributes: Attributes; readonly problems: readonly string[] } => {
  const problems: string[] = []
  const cut = ([key, value]: [string, AttributeValue]): [string, AttributeValue] => {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
    if (typeof text !== 'string' || text.length <= limit) return [key, value]
    problems.push(`attribute "${key}" was cut from ${count(text.length)} to ${count(limit)} characters`)
    return [key, text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')]
  }
  const kept = Object.fromEntries(Object.entries(attributes).map(cut))
  return { attributes: problems.length > 0 ? kept : attributes, problems }
}
