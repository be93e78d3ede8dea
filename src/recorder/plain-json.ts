const MAX_DEPTH = 50

/** What JSON can say of a value: no cycle, no getter that throws, no big integer stops it. */
const plain = (value: unknown, depth: number, above: readonly object[]): unknown => {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (above.includes(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  const path = [...above, value]
  const inner = (held: unknown) => plain(held, depth + 1, path)
  if (Array.isArray(value)) return value.map(inner)
  if (value instanceof Map)
    return Object.fromEntries(Array.from(value, ([key, held]) => [String(key), inner(held)]))
  if (value instanceof Set) return Array.from(value, inner)
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return inner(toJSON.call(value))
  return Object.fromEntries(Object.keys(value).map((key) => [key, member(value, key, inner)]))
}

const member = (holder: object, key: string, read: (value: unknown) => unknown): unknown => {
  try {
    return read((holder as Record<string, unknown>)[key])
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : 'it threw'}]`
  }
}

/** A copy of what a value is now, fit for JSON. It never throws. */
export const plainJson = (value: unknown): unknown => {
  try {
    return plain(value, 0, [])
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : 'it threw'}]`
  }
}
