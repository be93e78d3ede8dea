import { formatIsoTime, parseIsoTime } from '../model/iso-time.ts'
import { TRACE_KINDS, TRACE_STATUSES } from '../model/trace.ts'
import { type DurationMicros, LARGEST_NUMBER, type Micros } from '../model/units.ts'
import {
  type AttributeCondition,
  attributeName,
  inAttributeOrder,
  isAttributeName,
  readAttributeName,
} from './attribute-filter.ts'
import { MOST_TERMS, searchTerms } from './text-search.ts'
import {
  FILTER_FIELDS,
  type FieldType,
  type FilterCondition,
  type FilterField,
  type FilterOperator,
  NEWEST_FIRST,
  SORT_FIELDS,
  type Sort,
  type SortField,
  type TraceQuery,
} from './trace-query.ts'

/** Which operators a type of field takes, in the order in which they are written. */
export const OPERATORS: Record<FieldType, readonly FilterOperator[]> = {
  text: ['is', 'not', 'contains', 'lacks', 'starts', 'ends'],
  list: ['is', 'not', 'all'],
  number: ['is', 'not', 'min', 'max'],
  choice: ['is', 'not'],
}

/** What the choice fields offer. `kind` also takes `any`, which stands alone. */
export const CHOICES = { status: TRACE_STATUSES, kind: TRACE_KINDS } as const

/** Longest value of a parameter, in characters. */
export const MAX_VALUE_LENGTH = 2_000
/** Most parameters of a query. */
export const MAX_PARAMETERS = 1_000

export type ParsedQuery =
  | { readonly ok: true; readonly query: TraceQuery }
  /** Each problem names its parameter first: `duration.min: not a number: "fast"`. */
  | { readonly ok: false; readonly problems: readonly string[] }

interface Draft {
  readonly conditions: Map<string, { field: FilterField; operator: FilterOperator; values: string[] }>
  readonly attributes: Map<string, AttributeCondition & { values: string[] }>
  readonly problems: string[]
  from?: Micros
  to?: Micros
  last?: DurationMicros
  text?: string
  sort?: Sort
}

const FIELDS = Object.keys(FILTER_FIELDS) as FilterField[]
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const LAST = /^(\d{1,7})([mhd])$/
const UNIT_MICROS = { m: 60e6, h: 3_600e6, d: 86_400e6 } as const
const LONGEST_LAST = 36_525 * UNIT_MICROS.d

const isField = (name: string): name is FilterField => Object.hasOwn(FILTER_FIELDS, name)
const isSortField = (name: string): name is SortField => (SORT_FIELDS as readonly string[]).includes(name)
const quoted = (value: string) => JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)

/** The parameters that are no field: each stands once and says what is wrong, or nothing. */
const SINGLE: Record<string, (draft: Draft, value: string) => string | undefined> = {
  from: (draft, value) => readTime(value, (time) => (draft.from = time)),
  to: (draft, value) => readTime(value, (time) => (draft.to = time)),
  last: (draft, value) => {
    const [, amount, unit] = LAST.exec(value) ?? []
    const length = Number(amount) * UNIT_MICROS[unit as 'm']
    if (!(length > 0 && length <= LONGEST_LAST))
      return `not a stretch such as 30m, 24h or 7d: ${quoted(value)}`
    draft.last = length as DurationMicros
    return undefined
  },
  q: (draft, value) => {
    if (searchTerms(value).length > MOST_TERMS) return `more than ${MOST_TERMS} words`
    draft.text = value
    return undefined
  },
  sort: (draft, value) => {
    const field = value.replace(/^-/, '')
    if (!isSortField(field))
      return `not one of ${SORT_FIELDS.join(', ')}, with or without "-": ${quoted(value)}`
    draft.sort = { field, descending: value.startsWith('-') }
    return undefined
  },
}

function readTime(value: string, keep: (time: Micros) => void): string | undefined {
  const time = parseIsoTime(value)
  if (time === null) return `not an ISO 8601 time with an offset: ${quoted(value)}`
  keep(time)
  return undefined
}

/**
 * Reads a query string's filters. Nothing is ignored but the names in `ignore` (a page's or a route's own
 * parameters): an unknown field, an operator that its type does not take and a bad value are problems.
 * Conditions come in a fixed order, one for each field and operator, so equal questions read equal.
 */
export function parseQuery(
  params: Iterable<readonly [string, string]>,
  options: { readonly ignore?: ReadonlySet<string> } = {},
): ParsedQuery {
  const draft: Draft = { conditions: new Map(), attributes: new Map(), problems: [] }
  const seen = new Set<string>()
  let count = 0
  for (const [name, value] of params) {
    if (options.ignore?.has(name)) continue
    if (++count > MAX_PARAMETERS) {
      draft.problems.push(`${name}: more than ${MAX_PARAMETERS} parameters`)
      break
    }
    const problem = readParameter(draft, seen, name, value)
    if (problem !== undefined) draft.problems.push(`${name}: ${problem}`)
  }
  const { from, to, last, text, sort = NEWEST_FIRST, problems } = draft
  if (last !== undefined && seen.has('from')) problems.push('last: cannot stand beside from')
  if (last !== undefined && seen.has('to')) problems.push('last: cannot stand beside to')
  if (from !== undefined && to !== undefined && from > to) problems.push('from: later than to')
  if (problems.length > 0) return { ok: false, problems }
  const query: TraceQuery = {
    conditions: inOrder([...draft.conditions.values()]),
    ...(draft.attributes.size > 0 && { attributes: inAttributeOrder([...draft.attributes.values()]) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(last !== undefined && { last }),
    ...(text !== undefined && { text }),
    sort,
  }
  return { ok: true, query }
}

function readParameter(draft: Draft, seen: Set<string>, name: string, value: string): string | undefined {
  const single = Object.hasOwn(SINGLE, name) ? SINGLE[name] : undefined
  const isAttribute = isAttributeName(name)
  if (single === undefined && !isAttribute && !isField(name.split('.', 1)[0] ?? '')) return 'unknown field'
  if (value.trim() === '') return 'the value is empty'
  if (value.length > MAX_VALUE_LENGTH) return `longer than ${MAX_VALUE_LENGTH} characters`
  if (isAttribute) return readAttribute(draft, name, value)
  if (single === undefined) return readCondition(draft, name, value)
  if (seen.has(name)) return 'given more than once'
  seen.add(name)
  return single(draft, value)
}

function readCondition(draft: Draft, name: string, value: string): string | undefined {
  const dot = name.indexOf('.')
  const field = (dot < 0 ? name : name.slice(0, dot)) as FilterField
  const suffix = dot < 0 ? 'is' : name.slice(dot + 1)
  const type = FILTER_FIELDS[field]
  const operator = OPERATORS[type].find((candidate) => candidate === suffix)
  if (operator === undefined || (suffix === 'is' && dot >= 0)) {
    const offered = OPERATORS[type].map((one) => (one === 'is' ? field : `${field}.${one}`))
    return `no such operator; there are ${offered.join(', ')}`
  }
  const problem = checkValue(field, operator, value)
  if (problem !== undefined) return problem
  const condition = draft.conditions.get(name)
  if (condition === undefined) draft.conditions.set(name, { field, operator, values: [value] })
  else if (operator === 'min' || operator === 'max') return 'given more than once'
  else if (!condition.values.includes(value)) condition.values.push(value)
  return undefined
}

function readAttribute({ attributes }: Draft, name: string, value: string): string | undefined {
  const named = readAttributeName(name)
  if (typeof named === 'string') return named
  const isBound = named.operator === 'min' || named.operator === 'max'
  const problem = isBound ? numberProblem(value) : undefined
  if (problem !== undefined) return problem
  const written = attributeName(named)
  const known = attributes.get(written)
  if (known === undefined) attributes.set(written, { ...named, values: [value] })
  else if (isBound) return 'given more than once'
  else if (!known.values.includes(value)) known.values.push(value)
  return undefined
}

function numberProblem(value: string): string | undefined {
  if (!NUMBER.test(value)) return `not a number: ${quoted(value)}`
  if (Math.abs(Number(value)) <= LARGEST_NUMBER) return undefined
  return `not a number from -${LARGEST_NUMBER} to ${LARGEST_NUMBER}: ${quoted(value)}`
}

function checkValue(field: FilterField, operator: FilterOperator, value: string): string | undefined {
  if (FILTER_FIELDS[field] === 'number') return numberProblem(value)
  if (field !== 'status' && field !== 'kind') return undefined
  if (field === 'kind' && value === 'any' && operator === 'is') return undefined
  const choices: readonly string[] = CHOICES[field]
  if (choices.includes(value)) return undefined
  const offered = field === 'kind' && operator === 'is' ? [...choices, 'any'] : choices
  return `not one of ${offered.join(', ')}: ${quoted(value)}`
}

const rank = ({ field, operator }: FilterCondition) =>
  FIELDS.indexOf(field) * 10 + OPERATORS[FILTER_FIELDS[field]].indexOf(operator)

function inOrder(conditions: readonly FilterCondition[]): FilterCondition[] {
  return conditions
    .map((one) =>
      one.field === 'kind' && one.operator === 'is' && one.values.includes('any')
        ? { ...one, values: ['any'] }
        : one,
    )
    .sort((a, b) => rank(a) - rank(b))
}

/**
 * Writes a query as parameters, in one order whatever the order of its conditions, so equal questions make
 * equal addresses. What is default (newest first) is left out. `parseQuery` reads it back unchanged.
 */
export function formatQuery(query: TraceQuery): URLSearchParams {
  const params = new URLSearchParams()
  for (const { field, operator, values } of inOrder(query.conditions)) {
    for (const value of values) params.append(operator === 'is' ? field : `${field}.${operator}`, value)
  }
  for (const condition of inAttributeOrder(query.attributes ?? []))
    for (const value of condition.values) params.append(attributeName(condition), value)
  if (query.from !== undefined) params.append('from', formatIsoTime(query.from))
  if (query.to !== undefined) params.append('to', formatIsoTime(query.to))
  if (query.last !== undefined) params.append('last', formatLast(query.last))
  if (query.text !== undefined) params.append('q', query.text)
  const { field, descending } = query.sort
  if (field !== NEWEST_FIRST.field || descending !== NEWEST_FIRST.descending)
    params.append('sort', `${descending ? '-' : ''}${field}`)
  return params
}

function formatLast(length: DurationMicros): string {
  const minutes = Math.max(1, Math.ceil(length / UNIT_MICROS.m))
  if (minutes % 1440 === 0) return `${minutes / 1440}d`
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}
