import { applyRecorded } from '../../domain/diff/recorded-changes.ts'
import type { AttributeValue } from '../../domain/model/span.ts'
import type { RecordedChange } from '../../domain/model/trace.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'
import { asText, type Named } from './observation-attributes.ts'

/** Metadata taken apart: what OpenTelemetry sent is put back where it came from. */
export interface Metadata {
  readonly attributes: readonly Named[]
  readonly resource: readonly Named[]
  readonly scope: { readonly name: string; readonly version: string }
  /** The rest: what the bot itself gave. */
  readonly own: readonly Named[]
}

/** Where Langfuse keeps OpenTelemetry's parts: nested (its v3) or by dotted prefix (its v4). */
const PLACES = ['attributes', 'resourceAttributes', 'scope'] as const
type Place = (typeof PLACES)[number]

function placeOf(key: string): { place: Place; rest: string } | undefined {
  const place = PLACES.find((one) => key.startsWith(`${one}.`))
  return place && { place, rest: key.slice(place.length + 1) }
}

const textOf = (pairs: readonly Named[], key: string): string => {
  const value = pairs.find(([name]) => name === key)?.[1]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

const parsed = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

const isChange = (value: unknown): boolean => Array.isArray(value) && value.length === 3

/** What the participant's data were changed to, where changes stand beside the data at the start. */
function changedData({
  participant_data: before,
  participant_data_diff: changes,
}: JsonObject): readonly Named[] {
  const [start, list] = [parsed(before), parsed(changes)]
  if (!isObject(start) || !Array.isArray(list) || !list.every(isChange)) return []
  const { after } = applyRecorded(start as AttributeValue, list as unknown as readonly RecordedChange[])
  return [['turnscope.participant_data.after', JSON.stringify(after)]]
}

/** Takes an observation's or a trace's metadata apart. `prefix` names the rest, e.g. `langfuse.trace.metadata.`. */
export function readMetadata(metadata: unknown, prefix: string): Metadata {
  const found: Record<Place, Named[]> = { attributes: [], resourceAttributes: [], scope: [] }
  const own: Named[] = []
  const entries = Object.entries(isObject(metadata) ? metadata : ({} as JsonObject))
  for (const [key, value] of entries) {
    const dotted = placeOf(key)
    const nested = PLACES.find((place) => place === key && isObject(value))
    if (dotted) found[dotted.place].push([dotted.rest, value])
    else if (nested) found[nested].push(...Object.entries(value as JsonObject))
    else own.push([prefix + key, asText(value)])
  }
  if (typeof metadata === 'string' && metadata !== '') own.push([`${prefix}value`, metadata])
  if (isObject(metadata)) own.push(...changedData(metadata))
  return {
    attributes: found.attributes,
    resource: found.resourceAttributes,
    scope: { name: textOf(found.scope, 'name'), version: textOf(found.scope, 'version') },
    own,
  }
}
