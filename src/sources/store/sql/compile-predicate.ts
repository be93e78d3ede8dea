import type { AttributeCondition } from '../../../domain/query/attribute-filter.ts'
import type { NumberField, TextField } from '../../../domain/query/filter-values.ts'
import type { NumberComparison, Predicate, TextComparison } from '../../../domain/query/predicate.ts'
import { asElement, SEPARATOR, withoutSeparator } from '../columns/stored-text.ts'
import type { Dialect, Order } from './dialect.ts'
import { allOf, anyOf, constant, type Fragment, sql } from './sql.ts'

/**
 * How a text field is stored: plain texts (any of them may match, each with a column `…_lower` that is null
 * where it would repeat it), or a list between separators.
 */
export type TextStorage =
  | {
      readonly kind: 'texts'
      readonly columns: readonly string[]
      /** They are never null: asked so, the database skips by its minima and maxima. */
      readonly known?: true
    }
  | { readonly kind: 'computed'; readonly value: Fragment }
  | { readonly kind: 'list'; readonly column: string }

/** How a number field is stored: one number, or a list of them with its least and greatest. */
export type NumberStorage =
  | { readonly kind: 'number'; readonly value: Fragment; readonly whole?: true }
  | { readonly kind: 'numbers'; readonly list: string; readonly least: string; readonly greatest: string }

/** The table that a predicate is asked of. */
export interface FilteredTable {
  readonly dialect: Dialect
  readonly texts: (field: TextField) => TextStorage
  readonly numbers: (field: NumberField | 'startTime') => NumberStorage
  readonly search: (text: string) => Fragment
  readonly attribute: (condition: AttributeCondition) => Fragment
}

/** Elements stand between separators, so a text operator on them is a search of the whole. */
const IN_LIST: Record<Exclude<TextComparison, 'is'>, (part: string) => string> = {
  contains: (part) => part,
  starts: (part) => SEPARATOR + part,
  ends: (part) => part + SEPARATOR,
}

function textLeaf(
  { dialect, texts }: FilteredTable,
  field: TextField,
  comparison: TextComparison,
  values: readonly string[],
): Fragment {
  const storage = texts(field)
  if (values.length === 0) return anyOf([])
  if (storage.kind === 'list') {
    const column = constant(storage.column)
    return anyOf(
      values.map((value) =>
        comparison === 'is'
          ? dialect.contains(column, asElement(value))
          : dialect.contains(dialect.lower(column), IN_LIST[comparison](withoutSeparator(value))),
      ),
    )
  }
  const plain = storage.kind === 'computed' ? [storage.value] : storage.columns.map(constant)
  if (comparison === 'is') {
    const known = storage.kind === 'texts' && storage.known === true
    const tests = plain.map((column) => dialect.among(column, values))
    return anyOf(known ? tests : tests.map(dialect.holds))
  }
  const lowered =
    storage.kind === 'computed'
      ? plain
      : storage.columns.map((column) => dialect.firstKnown(constant(`${column}_lower`), constant(column)))
  const tests = { contains: dialect.contains, starts: dialect.startsWith, ends: dialect.endsWith }
  return anyOf(
    lowered.flatMap((column) => values.map((value) => dialect.holds(tests[comparison](column, value)))),
  )
}

/** Of whole numbers: at least 1.5 is at least 2, less than 1.5 is less than 2, at most 1.5 is at most 1. */
const wholeBound = (comparison: NumberComparison, value: number): number =>
  comparison === 'max' ? Math.floor(value) : Math.ceil(value)

const ORDERS: Record<NumberComparison, Order> = { is: '=', min: '>=', max: '<=', below: '<' }

function numberLeaf(
  { dialect, numbers }: FilteredTable,
  field: NumberField | 'startTime',
  comparison: NumberComparison,
  values: readonly number[],
): Fragment {
  const storage = numbers(field)
  const order = ORDERS[comparison]
  return anyOf(
    values.map((value) => {
      if (storage.kind === 'number') {
        return storage.whole
          ? dialect.compareWhole(storage.value, order, wholeBound(comparison, value))
          : dialect.compare(storage.value, order, value)
      }
      if (comparison === 'is') return dialect.contains(constant(storage.list), asElement(String(value)))
      const extreme = constant(comparison === 'min' ? storage.greatest : storage.least)
      return dialect.compare(extreme, order, value)
    }),
  )
}

/** A predicate as a condition of a table. It may be unknown where `not` would be: within, that is taken care of. */
export function compilePredicate(predicate: Predicate, table: FilteredTable): Fragment {
  switch (predicate.kind) {
    case 'all':
      return allOf(predicate.of.map((one) => compilePredicate(one, table)))
    case 'any':
      return anyOf(predicate.of.map((one) => compilePredicate(one, table)))
    case 'not':
      // Unknown does not match, and so matches the negation.
      return sql`NOT ${table.dialect.holds(compilePredicate(predicate.of, table))}`
    case 'text':
      return textLeaf(table, predicate.field, predicate.comparison, predicate.values)
    case 'number':
      return numberLeaf(table, predicate.field, predicate.comparison, predicate.values)
    case 'search':
      return table.search(predicate.text)
    case 'attribute':
      return table.attribute(predicate.condition)
  }
}
