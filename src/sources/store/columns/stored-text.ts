/** Stands between the elements of a stored list and the texts that are searched together. */
export const SEPARATOR = '\u001f'

/** The separator is no text of anybody's; where it occurs all the same, both sides read it as this. */
const REPLACEMENT = '\ufffd'

export const withoutSeparator = (text: string): string =>
  text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, REPLACEMENT) : text

/** One element as it stands within a stored list. */
export const asElement = (text: string): string => SEPARATOR + withoutSeparator(text) + SEPARATOR

/** A list as it is stored: sorted, so that equal sets are equal texts; null where it is empty. */
export function asStoredList(elements: Iterable<string>): string | null {
  const distinct = [...new Set(elements)]
  if (distinct.length === 0) return null
  const sorted = distinct.length === 1 ? distinct : distinct.sort()
  return SEPARATOR + sorted.map(withoutSeparator).join(SEPARATOR) + SEPARATOR
}

/** Every path with its ancestors: a filter on an ancestor finds the path. Steps begin with `.` or `[`. */
export function withAncestors(paths: readonly string[]): string[] {
  const all: string[] = []
  for (const path of paths) {
    for (let index = 0; index < path.length; index++) {
      const sign = path[index]
      if (sign === '.' || sign === '[') all.push(path.slice(0, index))
    }
    all.push(path)
  }
  return all
}

/** The lower-case form where it differs, else null: stored beside a text, it mostly costs nothing. */
export function lowerWhereDifferent(text: string | undefined): string | null {
  if (text === undefined) return null
  const lower = text.toLowerCase()
  return lower === text ? null : lower
}

/** What free text is looked for in. */
export const asSearchText = (texts: readonly (string | undefined)[]): string =>
  texts.map((text) => withoutSeparator((text ?? '').toLowerCase())).join(SEPARATOR)

/**
 * A 32-bit hash (FNV-1a over UTF-16 units, then mixed) of a trace's id. Stored in the file: it never changes.
 */
export function traceKey(id: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  }
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) | 0
}
