import type { AttributeValue, Span } from '../model/span.ts'
import { LARGEST_NUMBER } from '../model/units.ts'

/** In the order in which they are written. */
export const ATTRIBUTE_OPERATORS = ['is', 'not', 'contains', 'lacks', 'starts', 'ends', 'min', 'max'] as const
export type AttributeOperator = (typeof ATTRIBUTE_OPERATORS)[number]

/**
 * A condition on any attribute of a span or its resource. A trace answers it when any of its spans does; `not` and
 * `lacks` when none has such a value, so also when none has the key.
 */
export interface AttributeCondition {
  readonly key: string
  readonly operator: AttributeOperator
  /** `is` and text operators: any of. `not`, `lacks`: none of. `min`, `max`: one number. */
  readonly values: readonly string[]
}

/** All values under a key on any span of a trace. */
export type AttributeLookup = (key: string) => readonly AttributeValue[]

/** The attributes of spans and of the processes that made them. */
export function attributesIn(spans: readonly Pick<Span, 'attributes' | 'resource'>[]): AttributeLookup {
  return (key) =>
    spans.flatMap(({ attributes, resource }) =>
      [attributes, resource].flatMap((held) => {
        const value = Object.hasOwn(held, key) ? held[key] : undefined
        return value === undefined ? [] : [value]
      }),
    )
}

const PREFIX = 'attr.'
/** Longest key, in characters. */
const MAX_KEY_LENGTH = 200

const isOperator = (name: string): name is AttributeOperator =>
  (ATTRIBUTE_OPERATORS as readonly string[]).includes(name)

/** Whether a parameter is a condition on an attribute. */
export const isAttributeName = (name: string): boolean => name.startsWith(PREFIX)

/**
 * The key and the operator that a parameter names: its last segment is the operator if it is one, so that
 * `attr.http.min.is` names a key that ends like one.
 * @returns what is wrong with it, in words, where it names none
 */
export function readAttributeName(
  name: string,
): { readonly key: string; readonly operator: AttributeOperator } | string {
  const rest = name.slice(PREFIX.length)
  const dot = rest.lastIndexOf('.')
  const last = rest.slice(dot + 1)
  const [key, operator] = dot > 0 && isOperator(last) ? [rest.slice(0, dot), last] : [rest, 'is' as const]
  if (key === '') return 'names no attribute'
  return key.length > MAX_KEY_LENGTH
    ? `the key is longer than ${MAX_KEY_LENGTH} characters`
    : { key, operator }
}

/** The parameter that names a key and an operator, the shortest that reads back the same. */
export function attributeName({ key, operator }: Pick<AttributeCondition, 'key' | 'operator'>): string {
  if (operator !== 'is') return `${PREFIX}${key}.${operator}`
  const plain = readAttributeName(PREFIX + key)
  return typeof plain !== 'string' && plain.key === key ? PREFIX + key : `${PREFIX}${key}.is`
}

/** In one order, whatever the order in which they were given. */
export const inAttributeOrder = (conditions: readonly AttributeCondition[]): AttributeCondition[] =>
  [...conditions].sort(
    (a, b) =>
      (a.key < b.key ? -1 : Number(a.key > b.key)) ||
      ATTRIBUTE_OPERATORS.indexOf(a.operator) - ATTRIBUTE_OPERATORS.indexOf(b.operator),
  )

type Plain = string | number | boolean

/** What a value is compared by: itself, or each element of a list; structure as its JSON. */
const plainOf = (value: AttributeValue): readonly Plain[] => {
  if (value === null) return []
  if (typeof value !== 'object') return [value]
  if (!Array.isArray(value)) return [JSON.stringify(value)]
  return (value as readonly AttributeValue[]).flatMap((each) =>
    each === null ? [] : typeof each === 'object' ? [JSON.stringify(each)] : [each],
  )
}

/** Values as texts, each element of a list by itself. */
export const attributeTexts = (values: readonly AttributeValue[]): readonly string[] =>
  values.flatMap(plainOf).map(String)

const NUMERIC = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** Numbers that stand as text are numbers too: some senders have no other. */
function numberOf(value: Plain): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !NUMERIC.test(value)) return undefined
  const number = Number(value)
  return Math.abs(number) <= LARGEST_NUMBER ? number : undefined
}

/** Numbers compare as numbers, all else as text. */
const isEqual = (value: Plain, wanted: string): boolean =>
  typeof value === 'number'
    ? String(value) === wanted || (NUMERIC.test(wanted) && Number(wanted) === value)
    : String(value) === wanted

type Holds = (value: Plain, wanted: string) => boolean
const folded =
  (holds: (text: string, wanted: string) => boolean): Holds =>
  (value, wanted) =>
    holds(String(value).toLowerCase(), wanted.toLowerCase())
const bound =
  (holds: (number: number, wanted: number) => boolean): Holds =>
  (value, wanted) => {
    const number = numberOf(value)
    return number !== undefined && holds(number, Number(wanted))
  }

const contains = folded((text, wanted) => text.includes(wanted))
const HOLDS: Record<AttributeOperator, Holds> = {
  is: isEqual,
  not: isEqual,
  contains,
  lacks: contains,
  starts: folded((text, wanted) => text.startsWith(wanted)),
  ends: folded((text, wanted) => text.endsWith(wanted)),
  min: bound((number, least) => number >= least),
  max: bound((number, most) => number <= most),
}
const NEGATIVE: ReadonlySet<AttributeOperator> = new Set(['not', 'lacks'])

/** A condition as a test on a trace's attributes. */
export function attributeTest({
  key,
  operator,
  values,
}: AttributeCondition): (attributes: AttributeLookup) => boolean {
  const holds = HOLDS[operator]
  const wanted = !NEGATIVE.has(operator)
  return (attributes) =>
    attributes(key)
      .flatMap(plainOf)
      .some((value) => values.some((each) => holds(value, each))) === wanted
}
