import { type Bound, constant, type Fragment, joined, sql } from './sql.ts'

export type Order = '=' | '<' | '<=' | '>' | '>='

/**
 * What a database says in its own words; all else of a filter is the same in each (compile-predicate.ts).
 * Fragments of conditions may be unknown (null); `holds` makes that false.
 */
export interface Dialect {
  /** A column that equals one of the values. */
  among(column: Fragment, values: readonly string[]): Fragment
  contains(text: Fragment, part: string): Fragment
  startsWith(text: Fragment, part: string): Fragment
  endsWith(text: Fragment, part: string): Fragment
  /** In lower case, as far as the database can: `İ` and its like are stored so beside the text. */
  lower(text: Fragment): Fragment
  /** The first that is known. */
  firstKnown(first: Fragment, second: Fragment): Fragment
  holds(condition: Fragment): Fragment
  choose(condition: Fragment, then: Fragment, otherwise: Fragment): Fragment
  compare(column: Fragment, order: Order, value: number): Fragment
  /** The same for columns of whole numbers, which the database can skip by; the value is whole. */
  compareWhole(column: Fragment, order: Order, value: number): Fragment
  /** A column of whole numbers divided to a fraction. */
  divided(column: Fragment, by: number): Fragment
}

const called = (name: string, text: Fragment, part: Bound): Fragment =>
  sql`${constant(name)}(${text}, ${part})`

/** So many values are listed one by one; more are one parameter. */
const FEW = 8

export const DUCKDB: Dialect = {
  among: (column, values) =>
    values.length === 1
      ? sql`${column} = ${values[0] ?? ''}`
      : values.length <= FEW
        ? sql`${column} IN (${joined(
            values.map((value) => sql`${value}`),
            ', ',
          )})`
        : sql`list_contains(${values}, ${column})`,
  contains: (text, part) => called('contains', text, part),
  startsWith: (text, part) => called('starts_with', text, part),
  endsWith: (text, part) => called('ends_with', text, part),
  lower: (text) => sql`lower(${text})`,
  firstKnown: (first, second) => sql`coalesce(${first}, ${second})`,
  holds: (condition) => sql`coalesce(${condition}, false)`,
  choose: (condition, then, otherwise) => sql`CASE WHEN ${condition} THEN ${then} ELSE ${otherwise} END`,
  compare: (column, order, value) => sql`${column} ${constant(order)} ${value}`,
  compareWhole: (column, order, value) => sql`${column} ${constant(order)} ${BigInt(value)}`,
  divided: (column, by) => sql`${column}::DOUBLE / ${constant(String(by))}`,
}
