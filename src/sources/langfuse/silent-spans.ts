import { type Row, textOf } from './row-reader.ts'

/** Steps of a turn whose texts a list of turns needs: they hold what platforms know of the participant. */
const TELLING = /^Run Pipeline\b/
const TALKING: ReadonlySet<unknown> = new Set(['GENERATION', 'AGENT', 'CHAIN', 'SPAN'])
/** Of one trace; the rest is read where a step is opened. */
const MOST_TOPS = 5
const MOST_TELLING = 6
const MOST_TALKING = 4

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

const topsOf = (rows: readonly Row[]): readonly Row[] => {
  const ids = new Set(rows.map(({ id }) => id))
  return rows.filter(
    (row) =>
      row.isRootObservation === true ||
      !ids.has(row.parentObservationId) ||
      row.parentObservationId === row.id,
  )
}

const byStart = (a: Row, b: Row): number => (String(a.startTime) < String(b.startTime) ? -1 : 1)

/**
 * Rows of one trace that came without texts and whose texts tell of the turn: its top ones, those where platforms
 * keep data, and, where the top ones say nothing, the first and the last that talked.
 * @param heard a row with its texts, where they are known
 */
export function silentSpans(rows: readonly Row[], heard: (row: Row) => Row | undefined): readonly Row[] {
  const tops = topsOf(rows).slice(0, MOST_TOPS)
  const telling = rows.filter((row) => TELLING.test(textOf(row.name) ?? '')).slice(0, MOST_TELLING)
  const said = tops.map(heard)
  const saysNothing = said.every((row) => row !== undefined && isMissing(row.input) && isMissing(row.output))
  const talking = rows.filter((row) => TALKING.has(row.type) && !tops.includes(row)).sort(byStart)
  const edges = saysNothing
    ? [...talking.slice(0, MOST_TALKING / 2), ...talking.slice(-MOST_TALKING / 2)]
    : []
  return [...new Set([...tops, ...telling, ...edges])].filter((row) => heard(row) === undefined)
}
