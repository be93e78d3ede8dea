import { isPrintableId, micros, traceId } from '../../domain/model/units.ts'
import { EVERYTHING, type FilterCondition } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import type { ImportReport } from '../../state/opening/import-reply.ts'
import { IMPORT_SOURCE } from '../../state/opening/opened-files.ts'

const FORMATS: Readonly<Record<string, string>> = {
  'otlp-traces': 'OTLP traces',
  'otlp-logs': 'OTLP logs',
  jaeger: 'Jaeger',
  'jaeger-v3': 'Jaeger v3',
  langfuse: 'Langfuse',
  'langfuse-observations': 'Langfuse observations',
}

/** What a file was read as: `Jaeger`, `OTLP traces and Langfuse`. */
export function formatWords(formats: ImportReport['formats']): string {
  const names = Object.keys(formats).map((id) => FORMATS[id] ?? id)
  return names.length === 0 ? 'Nothing known' : names.join(' and ')
}

const UNITS = [
  { below: 1e3, per: 1, unit: 'B', digits: 0 },
  { below: 1e6, per: 1e3, unit: 'kB', digits: 0 },
  { below: 1e9, per: 1e6, unit: 'MB', digits: 1 },
  { below: Number.POSITIVE_INFINITY, per: 1e9, unit: 'GB', digits: 2 },
] as const

/** Bytes in the unit that fits: `12 kB`, `200.0 MB`. */
export function sizeText(bytes: number): string {
  const { per, unit, digits } = UNITS.find(({ below }) => bytes < below) ?? UNITS[3]
  return `${(bytes / per).toFixed(digits)} ${unit}`
}

const ANY_KIND: FilterCondition = { field: 'kind', operator: 'is', values: ['any'] }

/** So many traces are named in an address; more are found by when they were. */
const MOST_NAMED = 20

/** Where what came in is seen: the one trace, or the table of those. undefined where nothing came in. */
export function importedHref(report: ImportReport): string | undefined {
  const { traces, tracesAtLeast, from, to } = report
  const ids = report.traceIds.filter(isPrintableId)
  const [first] = ids
  if (first === undefined) return undefined
  if (traces === 1) return paths.trace(IMPORT_SOURCE, traceId(first))
  if (!tracesAtLeast && ids.length === traces && traces <= MOST_NAMED)
    return paths.traces(IMPORT_SOURCE, {
      ...EVERYTHING,
      conditions: [{ field: 'traceId', operator: 'is', values: ids }, ANY_KIND],
    })
  return paths.traces(IMPORT_SOURCE, {
    ...EVERYTHING,
    conditions: [ANY_KIND],
    ...(from !== undefined && { from: micros(from) }),
    // The end is exclusive.
    ...(to !== undefined && { to: micros(to + 1) }),
  })
}
