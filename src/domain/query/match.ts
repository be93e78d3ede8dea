import type { TraceRow } from '../model/trace.ts'
import { type Micros, microsFromMillis } from '../model/units.ts'
import { attributeTest } from './attribute-filter.ts'
import { NUMBERS_OF, TEXTS_OF } from './filter-values.ts'
import { type NumberComparison, type Predicate, predicateOfQuery, type TextComparison } from './predicate.ts'
import type { TraceQuery } from './trace-query.ts'

type Test = (row: TraceRow) => boolean

const isUnder = (path: string, ancestor: string) =>
  path.startsWith(ancestor) &&
  (path.length === ancestor.length || path[ancestor.length] === '.' || path[ancestor.length] === '[')

/** `found` is in lower case but for `is`. */
const TEXTS: Record<TextComparison, (found: string, wanted: string) => boolean> = {
  is: (found, wanted) => found === wanted,
  contains: (found, wanted) => found.includes(wanted),
  starts: (found, wanted) => found.startsWith(wanted),
  ends: (found, wanted) => found.endsWith(wanted),
}

const NUMBERS: Record<NumberComparison, (found: number, wanted: number) => boolean> = {
  is: (found, wanted) => found === wanted,
  min: (found, wanted) => found >= wanted,
  max: (found, wanted) => found <= wanted,
  below: (found, wanted) => found < wanted,
}

function testOf(predicate: Predicate): Test {
  switch (predicate.kind) {
    case 'all': {
      const tests = predicate.of.map(testOf)
      return (row) => tests.every((test) => test(row))
    }
    case 'any': {
      const tests = predicate.of.map(testOf)
      return (row) => tests.some((test) => test(row))
    }
    case 'not': {
      const test = testOf(predicate.of)
      return (row) => !test(row)
    }
    case 'text': {
      const { field, comparison, values } = predicate
      const read = TEXTS_OF[field]
      const holds = field === 'changed' && comparison === 'is' ? isUnder : TEXTS[comparison]
      const asRead = (found: string) => (comparison === 'is' ? found : found.toLowerCase())
      return (row) =>
        read(row).some((found) => {
          const one = asRead(found)
          return values.some((value) => holds(one, value))
        })
    }
    case 'number': {
      const { field, comparison, values } = predicate
      const read = field === 'startTime' ? ({ summary }: TraceRow) => [summary.startTime] : NUMBERS_OF[field]
      const holds = NUMBERS[comparison]
      return (row) => read(row).some((found) => values.some((value) => holds(found, value)))
    }
    case 'search': {
      const { text } = predicate
      return ({ summary: { input = '', output = '', error = '' } }) =>
        [input, output, error].some((one) => one.toLowerCase().includes(text))
    }
    case 'attribute': {
      const test = attributeTest(predicate.condition)
      return ({ attributes = () => [] }) => test(attributes)
    }
  }
}

/** `last` made bounds that no longer move: from inclusive, `now` exclusive. Other queries stay as they are. */
export function freeze(query: TraceQuery, now: Micros): TraceQuery {
  const { last, ...rest } = query
  if (last === undefined) return query
  return { ...rest, from: (now - last) as Micros, to: now }
}

/**
 * A query as one test, for judging many rows. Where the query still has `last`, it is frozen at `now`.
 * Free text is looked for in the row's own texts: give rows with whole texts where the search must be whole.
 */
export const compileQuery = (
  query: TraceQuery,
  now: Micros = microsFromMillis(Date.now()),
): ((row: TraceRow) => boolean) => testOf(predicateOfQuery(freeze(query, now)))
