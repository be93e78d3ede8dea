import { NO_TIME, type RawLogRecord } from '../raw-span.ts'
import { type AttributesInMaking, readAttribute, readValue } from './protobuf-values.ts'
import type { FieldReader, ProtobufWire } from './protobuf-wire.ts'

type LogInMaking = RawLogRecord & { attributes: AttributesInMaking }

/** opentelemetry.proto.logs.v1.LogRecord */
const logFields: FieldReader<LogInMaking> = (tag, wire, record) => {
  switch (tag) {
    case 9:
      record.time = wire.nanos()
      return true
    case 16:
      record.severity = wire.int32()
      return true
    case 26:
      record.severityText = wire.name('the severity of a log record')
      return true
    case 42:
      record.body = readValue(wire, 'the body of a log record')
      return true
    case 50:
      return readAttribute(wire, record.attributes)
    case 74:
      record.traceId = wire.hex()
      return true
    case 82:
      record.spanId = wire.hex()
      return true
    case 89:
      record.observed = wire.nanos()
      return true
    case 98:
      record.eventName = wire.name('the event name of a log record')
      return true
    default:
      return false
  }
}

/**
 * Reads the LogRecord message that stands at a position.
 * @throws NotOtlpError where its bytes are malformed.
 */
export const readLogRecord = (wire: ProtobufWire, position: number): RawLogRecord =>
  wire.record<LogInMaking>(
    position,
    {
      traceId: '',
      spanId: '',
      time: NO_TIME,
      observed: NO_TIME,
      severity: 0,
      severityText: '',
      eventName: '',
      body: null,
      attributes: {},
    },
    logFields,
  )
