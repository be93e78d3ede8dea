import type { ValueGuard } from '../guard/value-guard.ts'
import type { RawLogRecord } from '../raw-span.ts'
import { field, idField, type JsonObject, nameField, nanosField, numberField } from './json-fields.ts'
import { readJsonAttributes, readJsonValue } from './json-values.ts'

/** `SEVERITY_NUMBER_INFO2` and its kin: four numbers to each level, in this order. */
const SEVERITY_NAMES = Object.fromEntries(
  ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level, index) =>
    ['', '2', '3', '4'].map(
      (step, offset) => [`SEVERITY_NUMBER_${level}${step}`, index * 4 + offset + 1] as const,
    ),
  ),
)

/** Reads one log record of OTLP/JSON. */
export const readJsonLogRecord = (record: JsonObject, guard: ValueGuard): RawLogRecord => ({
  traceId: idField(record, 'traceId'),
  spanId: idField(record, 'spanId'),
  time: nanosField(record, 'timeUnixNano', guard),
  observed: nanosField(record, 'observedTimeUnixNano', guard),
  severity: numberField(record, 'severityNumber', guard, SEVERITY_NAMES),
  severityText: nameField(record, 'severityText', guard, 'the severity of a log record'),
  eventName: nameField(record, 'eventName', guard, 'the event name of a log record'),
  body: readJsonValue(field(record, 'body'), guard, 'the body of a log record'),
  attributes: readJsonAttributes(record, guard),
})
