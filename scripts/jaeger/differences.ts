export interface Difference {
  /** Which trace and span, and where in it: `3f… row metrics.cost`. */
  readonly where: string
  /** Where in it, without positions: `metrics.cost`, `span.events.attributes.x`. */
  readonly field: string
  readonly given: unknown
  readonly wanted: unknown
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where two values differ, leaf by leaf; the order of an object's keys says nothing. */
export function differencesOf(
  where: string,
  given: unknown,
  wanted: unknown,
  field = '',
): readonly Difference[] {
  if (isPlain(given) && isPlain(wanted)) {
    const keys = new Set([...Object.keys(given), ...Object.keys(wanted)])
    return [...keys].flatMap((key) =>
      differencesOf(where, given[key], wanted[key], field === '' ? key : `${field}.${key}`),
    )
  }
  if (Array.isArray(given) && Array.isArray(wanted) && given.length === wanted.length)
    return given.flatMap((one, at) => differencesOf(where, one, wanted[at], field))
  return JSON.stringify(given) === JSON.stringify(wanted) ? [] : [{ where, field, given, wanted }]
}
