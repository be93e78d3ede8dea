import { TRACE_KINDS, type TraceKind, type TraceRow } from '../model/trace.ts'
import { type Micros, microsFromMillis } from '../model/units.ts'
import { attributeTest } from './attribute-filter.ts'
import { isNumberField, NUMBERS_OF, TEXTS_OF } from './filter-values.ts'
import { searchTerms } from './text-search.ts'
import { DEFAULT_KINDS, type FilterCondition, type FilterOperator, type TraceQuery } from './trace-query.ts'

type Test = (row: TraceRow) => boolean
type TextTest = (wanted: readonly string[], found: readonly string[]) => boolean

const folded = (text: string) => text.toLowerCase()
const foldedSome =
  (holds: (found: string, wanted: string) => boolean): TextTest =>
  (wanted, found) =>
    found.some((one) => {
      const text = folded(one)
      return wanted.some((value) => holds(text, value))
    })
const contains = foldedSome((found, wanted) => found.includes(wanted))
const starts = foldedSome((found, wanted) => found.startsWith(wanted))
const ends = foldedSome((found, wanted) => found.endsWith(wanted))

const isUnder = (path: string, ancestor: string) =>
  path.startsWith(ancestor) &&
  (path.length === ancestor.length || path[ancestor.length] === '.' || path[ancestor.length] === '[')

const never: TextTest = () => false

/** How each operator judges the texts of a row, given one way of being equal. */
function textTests(equal: (found: string, wanted: string) => boolean): Record<FilterOperator, TextTest> {
  const any: TextTest = (wanted, found) => found.some((one) => wanted.some((value) => equal(one, value)))
  return {
    is: any,
    not: (wanted, found) => !any(wanted, found),
    all: (wanted, found) => wanted.every((value) => found.some((one) => equal(one, value))),
    contains,
    lacks: (wanted, found) => !contains(wanted, found),
    starts,
    ends,
    min: never,
    max: never,
  }
}

const EXACT = textTests((found, wanted) => found === wanted)
const BY_PATH = textTests(isUnder)
const IGNORES_CASE: ReadonlySet<FilterOperator> = new Set(['contains', 'lacks', 'starts', 'ends'])

type NumberTest = (wanted: readonly number[], found: readonly number[]) => boolean
const someEqual: NumberTest = (wanted, found) => found.some((one) => wanted.includes(one))
const NUMBER_TESTS: Partial<Record<FilterOperator, NumberTest>> = {
  is: someEqual,
  not: (wanted, found) => !someEqual(wanted, found),
  min: ([least = Number.NaN], found) => found.some((one) => one >= least),
  max: ([most = Number.NaN], found) => found.some((one) => one <= most),
}

function compileCondition({ field, operator, values }: FilterCondition): Test {
  if (isNumberField(field)) {
    const test = NUMBER_TESTS[operator] ?? (() => false)
    const wanted = values.map(Number)
    const read = NUMBERS_OF[field]
    return (row) => test(wanted, read(row))
  }
  const test = (field === 'changed' ? BY_PATH : EXACT)[operator]
  const wanted = IGNORES_CASE.has(operator) ? values.map(folded) : values
  const read = TEXTS_OF[field]
  return (row) => test(wanted, read(row))
}

const asksForKinds = (condition: FilterCondition) => condition.field === 'kind'
const asksForAny = ({ operator, values }: FilterCondition) => operator === 'is' && values.includes('any')

/** Which kinds of trace a query gives: those it asks for, else turns, calls and others. */
export function wantedKinds(query: TraceQuery): ReadonlySet<TraceKind> {
  const asked = query.conditions.filter(asksForKinds)
  if (asked.length === 0) return new Set(DEFAULT_KINDS)
  return new Set(
    TRACE_KINDS.filter((kind) =>
      asked.every((one) => asksForAny(one) || one.values.includes(kind) === (one.operator === 'is')),
    ),
  )
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
export function compileQuery(
  query: TraceQuery,
  now: Micros = microsFromMillis(Date.now()),
): (row: TraceRow) => boolean {
  const { conditions, attributes = [], from, to, text } = freeze(query, now)
  const kinds = wantedKinds(query)
  const tests: Test[] = [({ summary }) => kinds.has(summary.kind)]
  if (from !== undefined) tests.push(({ summary }) => summary.startTime >= from)
  if (to !== undefined) tests.push(({ summary }) => summary.startTime < to)
  for (const condition of conditions) if (!asksForKinds(condition)) tests.push(compileCondition(condition))
  for (const condition of attributes) {
    const test = attributeTest(condition)
    tests.push(({ attributes: lookup = () => [] }) => test(lookup))
  }
  for (const { text: term, excluded } of text === undefined ? [] : searchTerms(text)) {
    const wanted = [folded(term)]
    tests.push(
      ({ summary }) =>
        contains(wanted, [summary.input ?? '', summary.output ?? '', summary.error ?? '']) !== excluded,
    )
  }
  return (row) => tests.every((test) => test(row))
}
