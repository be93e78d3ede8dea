import { BIGINT, DOUBLE, type DuckDBType, type DuckDBValue, LIST, listValue, VARCHAR } from '@duckdb/node-api'

/** What may be bound to a statement. A bigint is bound as BIGINT, a number as DOUBLE. */
export type Bound = string | number | bigint | boolean | null | readonly string[]

/** A piece of SQL with the values of its parameters: the only way in which values get into a statement. */
export interface Fragment {
  readonly text: string
  readonly values: readonly Bound[]
}

const isFragment = (part: Bound | Fragment): part is Fragment =>
  typeof part === 'object' && part !== null && 'text' in part

/** Template tag: fragments are nested, everything else becomes a bound parameter. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Bound | Fragment)[]): Fragment {
  let text = strings[0] ?? ''
  const values: Bound[] = []
  for (const [index, part] of parts.entries()) {
    if (isFragment(part)) {
      text += part.text
      values.push(...part.values)
    } else {
      text += '?'
      values.push(part)
    }
    text += strings[index + 1] ?? ''
  }
  return { text, values }
}

/** Names of our own schema and other constant text. Never for anything that came from outside. */
export const constant = (text: string): Fragment => ({ text, values: [] })

export function joined(fragments: readonly Fragment[], separator: string): Fragment {
  return {
    text: fragments.map(({ text }) => text).join(separator),
    values: fragments.flatMap(({ values }) => values),
  }
}

const wrapped = (fragments: readonly Fragment[]) =>
  fragments.map(({ text, values }) => ({ text: `(${text})`, values }))

/** All of them; true where there are none. */
export const allOf = (fragments: readonly Fragment[]): Fragment =>
  fragments.length === 0 ? constant('true') : joined(wrapped(fragments), ' AND ')
/** Any of them; false where there are none. */
export const anyOf = (fragments: readonly Fragment[]): Fragment =>
  fragments.length === 0 ? constant('false') : joined(wrapped(fragments), ' OR ')

const LIST_OF_TEXTS = LIST(VARCHAR)

/** The values and their types as the driver takes them. */
export function bindings({ values }: Fragment): { values: DuckDBValue[]; types: DuckDBType[] } {
  const types: DuckDBType[] = []
  const bound: DuckDBValue[] = []
  for (const [index, value] of values.entries()) {
    if (typeof value === 'bigint') types[index] = BIGINT
    // The driver would bind a whole number as BIGINT, which holds none beyond 2^63.
    if (typeof value === 'number') types[index] = DOUBLE
    if (isList(value)) {
      types[index] = LIST_OF_TEXTS
      bound.push(listValue([...value]))
    } else bound.push(value)
  }
  return { values: bound, types }
}

const isList = (value: Bound): value is readonly string[] => Array.isArray(value)
