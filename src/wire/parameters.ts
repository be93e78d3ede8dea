/** Parameters of the HTTP interface that are no filters. */
export const PARAMS = {
  limit: 'limit',
  cursor: 'cursor',
  buckets: 'buckets',
  prefix: 'prefix',
  /** Span ids between commas, each percent-encoded by itself: an id may hold a comma. */
  ids: 'ids',
  /** The name under which a page follows its export. */
  export: 'export',
  format: 'format',
} as const

export const MAX_PAGE = 1000
export const MAX_BUCKETS = 1000
/** Spans whose payloads one call may ask for. */
export const MAX_SPAN_IDS = 100

/** The value of `ids`. */
export const writeIds = (ids: readonly string[]): string => ids.map(encodeURIComponent).join(',')

/** Reads `ids` back; null where it is malformed. */
export function readIds(text: string): readonly string[] | null {
  try {
    return text.split(',').map(decodeURIComponent)
  } catch {
    return null
  }
}
