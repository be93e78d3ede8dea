import { Pace } from '../guard/steps.ts'
import { type SpanOrigin, scopeOf } from '../raw-span.ts'
import { type AttributesInMaking, readAttribute } from './protobuf-values.ts'
import type { FieldReader, ProtobufWire } from './protobuf-wire.ts'

/** The records of one resource and scope: where they stand in the bytes. */
export interface RecordGroup extends SpanOrigin {
  readonly positions: readonly number[]
}

interface ResourceInMaking {
  attributes: AttributesInMaking
  schemaUrl: string
  groups: number[]
}

interface GroupInMaking {
  name: string
  version: string
  attributes: AttributesInMaking
  schemaUrl: string
  positions: number[]
}

const resource: FieldReader<ResourceInMaking> = (tag, wire, target) => {
  if (tag !== 10) return false
  return readAttribute(wire, target.attributes)
}

/** ResourceSpans and ResourceLogs are laid out alike. 8002 is the scope's field before OTLP 0.16. */
const resourceGroup: FieldReader<ResourceInMaking> = (tag, wire, target) => {
  if (tag === 10) wire.message(target, resource)
  else if (tag === 18 || tag === 8002) {
    wire.guard.parts.countGroup()
    target.groups.push(wire.skipMessage())
  } else if (tag === 26) target.schemaUrl = wire.namedText('the schema of the resource')
  else return false
  return true
}

/** opentelemetry.proto.common.v1.InstrumentationScope */
const scope: FieldReader<GroupInMaking> = (tag, wire, target) => {
  if (tag === 10) target.name = wire.name('the name of the scope')
  else if (tag === 18) target.version = wire.name('the version of the scope')
  else if (tag === 26) return readAttribute(wire, target.attributes)
  else return false
  return true
}

/** ScopeSpans and ScopeLogs are laid out alike. */
const scopeGroup: FieldReader<GroupInMaking> = (tag, wire, target) => {
  if (tag === 10) wire.message(target, scope)
  else if (tag === 18) {
    wire.guard.parts.countRecord()
    target.positions.push(wire.skipMessage())
  } else if (tag === 26) target.schemaUrl = wire.namedText('the schema of the scope')
  else return false
  return true
}

const exportRequest: FieldReader<number[]> = (tag, wire, positions) => {
  if (tag !== 10) return false
  wire.guard.parts.countGroup()
  positions.push(wire.skipMessage())
  return true
}

/**
 * The groups of an ExportTraceServiceRequest or ExportLogsServiceRequest, in order; their records are not read
 * yet. null = time for a pause.
 * @throws NotOtlpError where the bytes are malformed, OverLimitError where there are too many.
 */
export function* readGroups(wire: ProtobufWire): Generator<RecordGroup | null> {
  const pace = new Pace()
  const { parts, problems } = wire.guard
  for (const resourceAt of wire.whole<number[]>([], exportRequest)) {
    parts.begin()
    const source = wire.record<ResourceInMaking>(
      resourceAt,
      { attributes: {}, schemaUrl: '', groups: [] },
      resourceGroup,
    )
    const ofResource = problems.take()
    if (pace.isPauseDue(parts.sinceBegin)) yield null
    for (const scopeAt of source.groups) {
      parts.begin()
      const group = wire.record<GroupInMaking>(
        scopeAt,
        { name: '', version: '', attributes: {}, schemaUrl: source.schemaUrl, positions: [] },
        scopeGroup,
      )
      const ofScope = problems.take()
      if (pace.isPauseDue(parts.sinceBegin)) yield null
      yield {
        resource: source.attributes,
        scope: scopeOf(group.name, group.version, group.attributes, group.schemaUrl),
        problems: ofScope === undefined ? ofResource : [...(ofResource ?? []), ...ofScope],
        positions: group.positions,
      }
    }
  }
}
