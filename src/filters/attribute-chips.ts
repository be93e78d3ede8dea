import {
  type AttributeCondition,
  type AttributeOperator,
  attributeName,
} from '../domain/query/attribute-filter.ts'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { operatorWords } from './field-words.ts'

/** A condition on an attribute as a sentence of key, operator and value. */
export interface AttributeChip {
  readonly id: string
  readonly label: string
  readonly operator: string
  readonly value: string
  /** The query without it. */
  readonly without: TraceQuery
}

/** An operator in words, by how many values it stands over. */
export const attributeWords = (operator: AttributeOperator, values: number): string =>
  operatorWords(operator === 'min' || operator === 'max' ? 'tokens' : 'error', operator, values)

/** The query with one more condition; one of the same key and operator is widened, a bound is replaced. */
export function withAttribute(query: TraceQuery, added: AttributeCondition): TraceQuery {
  const { attributes = [] } = query
  const same = (one: AttributeCondition) => one.key === added.key && one.operator === added.operator
  const isBound = added.operator === 'min' || added.operator === 'max'
  const known = isBound ? [] : attributes.filter(same).flatMap(({ values }) => values)
  const values = [...new Set([...known, ...added.values])]
  return { ...query, attributes: [...attributes.filter((one) => !same(one)), { ...added, values }] }
}

function withoutAttribute(query: TraceQuery, gone: AttributeCondition): TraceQuery {
  const { attributes = [], ...rest } = query
  const left = attributes.filter((condition) => condition !== gone)
  return left.length > 0 ? { ...rest, attributes: left } : rest
}

/** The chips of a query's conditions on attributes. */
export const attributeChips = (query: TraceQuery): readonly AttributeChip[] =>
  (query.attributes ?? []).map((condition) => ({
    id: attributeName(condition),
    label: condition.key,
    operator: attributeWords(condition.operator, condition.values.length),
    value: condition.values.join(', '),
    without: withoutAttribute(query, condition),
  }))
