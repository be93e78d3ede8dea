import { type DurationMicros, durationMicros } from '../model/units.ts'
import {
  type AggregateRequest,
  DEFAULT_TOP,
  type Dimension,
  isAttributeDimension,
  isCounting,
  isSpanDimension,
  isSpanValue,
  isTurnDimension,
  MEASURES,
  MOST_KEYS,
  SPAN_DIMENSIONS,
  TURN_DIMENSIONS,
  VALUES,
} from './aggregate-request.ts'

/** The parameters that say what is aggregated; all others are filters. */
export const AGGREGATE_PARAMS = ['measure', 'of', 'by', 'over', 'top'] as const
type Parameter = (typeof AGGREGATE_PARAMS)[number]

type ParsedAggregate =
  | { readonly ok: true; readonly request: AggregateRequest }
  /** Each problem names its parameter first. */
  | { readonly ok: false; readonly problems: readonly string[] }

const MINUTE = 60e6
const UNITS = { m: MINUTE, h: 60 * MINUTE, d: 1_440 * MINUTE } as const
const NAMED_STEPS: Readonly<Record<string, number>> = { hour: UNITS.h, day: UNITS.d }
const STEP = /^([1-9]\d{0,5})([mhd])$/
const LONGEST_STEP = 366 * UNITS.d
const LONGEST_KEY = 200
const MOST_DIMENSIONS = 2

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
const oneOf = (names: readonly string[], text: string) => `not one of ${names.join(', ')}: ${quoted(text)}`

function readBy(text: string): readonly Dimension[] | string {
  if (text === 'none') return []
  const names = text.split(',')
  if (names.length > MOST_DIMENSIONS) return `more than ${MOST_DIMENSIONS} between commas: ${quoted(text)}`
  if (names.length !== new Set(names).size) return `names one twice: ${quoted(text)}`
  const read: Dimension[] = []
  for (const name of names) {
    if (name.startsWith('attr.') && name.length > 'attr.'.length + LONGEST_KEY)
      return `the attribute's key is longer than ${LONGEST_KEY} characters`
    if (isTurnDimension(name) || isSpanDimension(name) || isAttributeDimension(name)) read.push(name)
    else return oneOf(['none', ...TURN_DIMENSIONS, ...SPAN_DIMENSIONS, 'attr.<key>'], name)
  }
  return read
}

function readOver(text: string): DurationMicros | string {
  const [, amount, unit] = STEP.exec(text) ?? []
  const step = NAMED_STEPS[text] ?? Number(amount) * UNITS[unit as 'm']
  if (step > 0 && step <= LONGEST_STEP) return durationMicros(step)
  return `not hour, day or a stretch such as 15m, 6h or 7d, at most 366d: ${quoted(text)}`
}

function readTop(text: string): number | string {
  const top = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return top >= 1 && top <= MOST_KEYS ? top : `not a whole number from 1 to ${MOST_KEYS}: ${quoted(text)}`
}

/**
 * Reads what is to be aggregated. Strict: a parameter that stands twice, that is empty, or that does not fit the
 * others is a problem. Parameters of other names are not looked at.
 */
export function parseAggregate(params: Iterable<readonly [string, string]>): ParsedAggregate {
  const given = new Map<Parameter, string>()
  const problems: string[] = []
  for (const [name, text] of params) {
    const known = AGGREGATE_PARAMS.find((one) => one === name)
    if (known === undefined) continue
    if (given.has(known)) problems.push(`${name}: given more than once`)
    given.set(known, text)
  }
  const read = <Value>(name: Parameter, usual: Value, parse: (text: string) => Value | string): Value => {
    const text = given.get(name)
    if (text === undefined) return usual
    const value = parse(text)
    if (typeof value !== 'string') return value
    problems.push(`${name}: ${value}`)
    return usual
  }
  const choice = <Name extends string>(name: Parameter, names: readonly Name[]): Name | undefined => {
    const text = given.get(name)
    const found = names.find((one) => one === text)
    if (text !== undefined && found === undefined) problems.push(`${name}: ${oneOf(names, text)}`)
    return found
  }
  const measure = choice('measure', MEASURES)
  const of = choice('of', VALUES)
  const by = read<readonly Dimension[]>('by', [], readBy)
  const over = read<DurationMicros | undefined>('over', undefined, readOver)
  const top = read('top', DEFAULT_TOP, readTop)
  if (!given.has('measure')) problems.push(`measure: missing; one of ${MEASURES.join(', ')}`)
  if (measure === undefined || problems.length > 0) return { ok: false, problems }
  const request: AggregateRequest = {
    measure,
    by,
    top,
    ...(of !== undefined && { of }),
    ...(over !== undefined && { over }),
  }
  const misfit = misfitOf(request)
  return misfit === undefined ? { ok: true, request } : { ok: false, problems: [misfit] }
}

function misfitOf({ measure, of, by }: AggregateRequest): string | undefined {
  if (isCounting(measure)) return of === undefined ? undefined : `of: does not stand beside ${measure}`
  if (of === undefined) return `of: missing: what ${measure} is of; one of ${VALUES.join(', ')}`
  const ofSpan = by.find((name) => !isTurnDimension(name))
  return ofSpan !== undefined && !isSpanValue(of)
    ? `of: ${of} is of turns and cannot be split by ${ofSpan}, which is of spans`
    : undefined
}

/** The parameters that read back as the request; what is default is left out. */
export function formatAggregate({ measure, of, by, over, top }: AggregateRequest): Record<string, string> {
  return {
    measure,
    ...(of !== undefined && { of }),
    ...(by.length > 0 && { by: by.join(',') }),
    ...(over !== undefined && { over: overText(over) }),
    ...(top !== DEFAULT_TOP && { top: String(top) }),
  }
}

const overText = (over: number): string => {
  if (over % UNITS.d === 0) return `${over / UNITS.d}d`
  return over % UNITS.h === 0 ? `${over / UNITS.h}h` : `${over / UNITS.m}m`
}
