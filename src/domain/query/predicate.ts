import { TRACE_KINDS, type TraceKind } from '../model/trace.ts'
import type { AttributeCondition } from './attribute-filter.ts'
import { isNumberField, type NumberField, type TextField } from './filter-values.ts'
import { searchTerms } from './text-search.ts'
import { DEFAULT_KINDS, type FilterCondition, type FilterOperator, type TraceQuery } from './trace-query.ts'

/** How a text of a row compares with a value. All but `is` ignore case: their values are in lower case. */
export type TextComparison = 'is' | 'contains' | 'starts' | 'ends'
/** How a number compares: equal, at least, at most, less than. */
export type NumberComparison = 'is' | 'min' | 'max' | 'below'

/**
 * What a query asks of a row. This is the one place where filters get their meaning: what judges rows in memory
 * and what compiles to SQL both walk this tree. A leaf holds where any of the row's values compares with any of
 * its own; a row that has no such value does not answer a leaf, and so answers its negation.
 */
export type Predicate =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Predicate[] }
  | { readonly kind: 'not'; readonly of: Predicate }
  | {
      readonly kind: 'text'
      readonly field: TextField
      readonly comparison: TextComparison
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'number'
      /** `startTime` is in µs, the others in the filter's unit. */
      readonly field: NumberField | 'startTime'
      readonly comparison: NumberComparison
      readonly values: readonly number[]
    }
  /** Free text over input, output and error; in lower case. */
  | { readonly kind: 'search'; readonly text: string }
  /** On the attributes of a trace's spans; it says itself what its negation is. */
  | { readonly kind: 'attribute'; readonly condition: AttributeCondition }

const all = (of: readonly Predicate[]): Predicate => ({ kind: 'all', of })
const not = (of: Predicate): Predicate => ({ kind: 'not', of })
const NOTHING: Predicate = { kind: 'any', of: [] }

type TextLeaf = (field: TextField, values: readonly string[]) => Predicate

const text =
  (comparison: TextComparison): TextLeaf =>
  (field, values) => ({
    kind: 'text',
    field,
    comparison,
    values: comparison === 'is' ? values : values.map((value) => value.toLowerCase()),
  })

const TEXT_OPERATORS: Record<FilterOperator, TextLeaf> = {
  is: text('is'),
  not: (field, values) => not(text('is')(field, values)),
  all: (field, values) => all(values.map((value) => text('is')(field, [value]))),
  contains: text('contains'),
  lacks: (field, values) => not(text('contains')(field, values)),
  starts: text('starts'),
  ends: text('ends'),
  min: () => NOTHING,
  max: () => NOTHING,
}

type NumberLeaf = (field: NumberField, values: readonly number[]) => Predicate

const number =
  (comparison: NumberComparison): NumberLeaf =>
  (field, values) => ({ kind: 'number', field, comparison, values })

const NUMBER_OPERATORS: Partial<Record<FilterOperator, NumberLeaf>> = {
  is: number('is'),
  not: (field, values) => not(number('is')(field, values)),
  min: number('min'),
  max: number('max'),
}

function conditionOf({ field, operator, values }: FilterCondition): Predicate {
  if (!isNumberField(field)) return TEXT_OPERATORS[operator](field, values)
  return NUMBER_OPERATORS[operator]?.(field, values.map(Number)) ?? NOTHING
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

/** What a query asks of a row, its order apart. The query is frozen: it has no `last`. */
export function predicateOfQuery(query: TraceQuery): Predicate {
  const parts: Predicate[] = [text('is')('kind', [...wantedKinds(query)])]
  const { from, to } = query
  if (from !== undefined)
    parts.push({ kind: 'number', field: 'startTime', comparison: 'min', values: [from] })
  if (to !== undefined) parts.push({ kind: 'number', field: 'startTime', comparison: 'below', values: [to] })
  for (const condition of query.conditions) if (!asksForKinds(condition)) parts.push(conditionOf(condition))
  for (const condition of query.attributes ?? []) parts.push({ kind: 'attribute', condition })
  for (const { text, excluded } of query.text === undefined ? [] : searchTerms(query.text)) {
    const found: Predicate = { kind: 'search', text: text.toLowerCase() }
    parts.push(excluded ? not(found) : found)
  }
  return all(parts)
}
