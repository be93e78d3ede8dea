/** What came in of an opened file, as far as it was read. */
export interface ImportReport {
  readonly bytes: number
  /** Documents by the format they are of. */
  readonly formats: Readonly<Record<string, number>>
  readonly spans: number
  readonly logs: number
  /** Records and documents that were left out. */
  readonly rejected: number
  readonly traces: number
  /** Whether there are more traces than were counted. */
  readonly tracesAtLeast: boolean
  /** The first of them. */
  readonly traceIds: readonly string[]
  /** When the traces begin, first and last, µs. */
  readonly from?: number
  readonly to?: number
  /** What was wrong or odd, in words. */
  readonly problems: readonly string[]
}

/** A line of the reply; the last one is `done` or `error`, else the answer was cut off. */
export type ImportLine =
  | { readonly type: 'progress' | 'done'; readonly report: ImportReport }
  | { readonly type: 'error'; readonly message: string }

const MOST_WORDS = 100

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0)
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, MOST_WORDS) : []

function readReport(value: Record<string, unknown>): ImportReport {
  const { from, to } = value
  const formats = Object.entries(isRecord(value.formats) ? value.formats : {}).slice(0, MOST_WORDS)
  return {
    bytes: count(value.bytes),
    formats: Object.fromEntries(formats.map(([id, documents]) => [id, count(documents)])),
    spans: count(value.spans),
    logs: count(value.logs),
    rejected: count(value.rejected),
    traces: count(value.traces),
    tracesAtLeast: value.tracesAtLeast === true,
    traceIds: texts(value.traceIds),
    ...(typeof from === 'number' && { from }),
    ...(typeof to === 'number' && { to }),
    problems: texts(value.problems),
  }
}

/** The words of an error's body or line; undefined where there are none. */
export function errorWords(body: unknown): string | undefined {
  const error = isRecord(body) ? body.error : undefined
  return isRecord(error) && typeof error.message === 'string' ? error.message : undefined
}

/** Reads one line of the gateway's reply to an import; undefined where it makes no sense. */
export function readImportLine(line: string): ImportLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  if (value.type === 'error') return { type: 'error', message: errorWords(value) ?? 'the gateway failed' }
  if (value.type !== 'progress' && value.type !== 'done') return undefined
  return { type: value.type, report: readReport(value) }
}
