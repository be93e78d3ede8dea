import { NotOtlpError } from '../guard/not-otlp.ts'
import { Pace } from '../guard/steps.ts'
import type { ValueGuard } from '../guard/value-guard.ts'
import { type SpanOrigin, scopeOf } from '../raw-span.ts'
import { field, isObject, type JsonObject, nameField, objects, textField } from './json-fields.ts'
import { readJsonAttributes } from './json-values.ts'

/** The names of one signal's levels; older ones after it. */
export interface SignalNames {
  readonly groups: string
  readonly scopes: readonly [current: string, older: string]
  readonly records: readonly [current: string, older: string]
}

const EMPTY: JsonObject = {}
const objectField = (holder: JsonObject, name: string): JsonObject => {
  const value = field(holder, name)
  return isObject(value) ? value : EMPTY
}

/** The list under the first of the names that stands there. */
const eitherList = (holder: JsonObject, names: readonly [string, string], guard: ValueGuard) =>
  objects(holder, field(holder, names[0]) === undefined ? names[1] : names[0], guard)

/** One resource and scope with its records. */
export interface JsonGroup extends SpanOrigin {
  readonly records: readonly JsonObject[]
}

/**
 * Each resource and scope with its records, in order.
 * null = time for a pause. `{}` is an empty export.
 * @throws NotOtlpError where the value is no export of that signal, OverLimitError where it holds too many.
 */
export function* jsonGroups(
  value: unknown,
  names: SignalNames,
  guard: ValueGuard,
): Generator<JsonGroup | null> {
  if (!isObject(value)) throw new NotOtlpError('the JSON is no object')
  const groups = field(value, names.groups)
  if (!Array.isArray(groups) && Object.keys(value).length > 0)
    throw new NotOtlpError(`the JSON has no list "${names.groups}"`)
  const pace = new Pace()
  for (const group of objects(value, names.groups, guard)) {
    guard.parts.countGroup()
    guard.parts.begin()
    const resource = readJsonAttributes(objectField(group, 'resource'), guard)
    const resourceSchema = textField(group, 'schemaUrl', guard, 'the schema of the resource')
    const ofResource = guard.problems.take()
    if (pace.isPauseDue(guard.parts.sinceBegin)) yield null
    for (const inner of eitherList(group, names.scopes, guard)) {
      guard.parts.countGroup()
      guard.parts.begin()
      const scope = objectField(
        inner,
        field(inner, 'scope') === undefined ? 'instrumentationLibrary' : 'scope',
      )
      const name = nameField(scope, 'name', guard, 'the name of the scope')
      const version = nameField(scope, 'version', guard, 'the version of the scope')
      const attributes = readJsonAttributes(scope, guard)
      const schemaUrl = textField(inner, 'schemaUrl', guard, 'the schema of the scope') || resourceSchema
      const records = eitherList(inner, names.records, guard)
      for (const _ of records) guard.parts.countRecord()
      const ofScope = guard.problems.take()
      if (pace.isPauseDue(guard.parts.sinceBegin)) yield null
      yield {
        resource,
        scope: scopeOf(name, version, attributes, schemaUrl),
        problems: ofScope === undefined ? ofResource : [...(ofResource ?? []), ...ofScope],
        records,
      }
    }
  }
}
