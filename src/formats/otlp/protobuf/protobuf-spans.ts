import type { SpanEvent } from '../../../domain/model/span.ts'
import { NO_TIME, type RawLink, type RawSpan } from '../raw-span.ts'
import { type AttributesInMaking, readAttribute } from './protobuf-values.ts'
import type { FieldReader, ProtobufWire } from './protobuf-wire.ts'

type InMaking<Message> = { -readonly [Key in keyof Message]: Message[Key] } & {
  attributes: AttributesInMaking
}
type SpanInMaking = InMaking<RawSpan> & { dropped: [number, number, number] }

/** opentelemetry.proto.trace.v1.Span.Event */
const eventFields: FieldReader<InMaking<SpanEvent>> = (tag, wire, event) => {
  switch (tag) {
    case 9:
      event.time = wire.nanos()
      return true
    case 18:
      event.name = wire.name('an event name')
      return true
    case 26:
      return readAttribute(wire, event.attributes)
    default:
      return false
  }
}

/** opentelemetry.proto.trace.v1.Span.Link */
const linkFields: FieldReader<InMaking<RawLink>> = (tag, wire, link) => {
  switch (tag) {
    case 10:
      link.traceId = wire.hex()
      return true
    case 18:
      link.spanId = wire.hex()
      return true
    case 34:
      return readAttribute(wire, link.attributes)
    default:
      return false
  }
}

/** opentelemetry.proto.trace.v1.Status */
const statusFields: FieldReader<SpanInMaking> = (tag, wire, span) => {
  if (tag === 18) span.statusMessage = wire.namedText('the status message')
  else if (tag === 24) span.statusCode = wire.int32()
  else return false
  return true
}

/** opentelemetry.proto.trace.v1.Span */
const spanFields: FieldReader<SpanInMaking> = (tag, wire, span) => {
  switch (tag) {
    case 10:
      span.traceId = wire.hex()
      return true
    case 18:
      span.spanId = wire.hex()
      return true
    case 26:
      span.traceState = wire.namedText('the trace state')
      return true
    case 34:
      span.parentId = wire.hex()
      return true
    case 42:
      span.name = wire.name('the name')
      return true
    case 48:
      span.kind = wire.int32()
      return true
    case 57:
      span.start = wire.nanos()
      return true
    case 65:
      span.end = wire.nanos()
      return true
    case 74:
      return readAttribute(wire, span.attributes)
    case 80:
      span.dropped[0] = wire.uint32()
      return true
    case 90:
      if (!wire.guard.parts.takesListed(span.events.length, 'event')) return false
      span.events.push(wire.message({ name: '', time: NO_TIME, attributes: {} }, eventFields))
      return true
    case 96:
      span.dropped[1] = wire.uint32()
      return true
    case 106:
      if (!wire.guard.parts.takesListed(span.links.length, 'link')) return false
      span.links.push(wire.message({ traceId: '', spanId: '', attributes: {} }, linkFields))
      return true
    case 112:
      span.dropped[2] = wire.uint32()
      return true
    case 122:
      wire.message(span, statusFields)
      return true
    case 133:
      span.flags = wire.fixed32()
      return true
    default:
      return false
  }
}

/**
 * Reads the Span message that stands at a position.
 * @throws NotOtlpError where its bytes are malformed.
 */
export const readSpan = (wire: ProtobufWire, position: number): RawSpan =>
  wire.record<SpanInMaking>(
    position,
    {
      traceId: '',
      spanId: '',
      parentId: '',
      name: '',
      kind: 0,
      start: NO_TIME,
      end: NO_TIME,
      attributes: {},
      events: [],
      links: [],
      statusCode: 0,
      statusMessage: '',
      traceState: '',
      flags: 0,
      dropped: [0, 0, 0],
    },
    spanFields,
  )
