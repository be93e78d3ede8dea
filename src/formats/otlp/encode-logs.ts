import type { LogRecord } from '../../domain/model/span.ts'
import { anyValue, nanosOf, withAttributes } from './encode-traces.ts'
import { hexId } from './otlp-ids.ts'

const encodeRecord = (record: LogRecord): object => ({
  timeUnixNano: String(nanosOf(record.time)),
  ...(record.severity > 0 && { severityNumber: record.severity }),
  ...(record.severityText !== undefined && { severityText: record.severityText }),
  ...(record.eventName !== undefined && { eventName: record.eventName }),
  body: anyValue(record.body),
  ...withAttributes(record.attributes),
  traceId: hexId(record.traceId, 32),
  ...(record.spanId !== null && { spanId: hexId(record.spanId, 16) }),
})

/** Log records as the `resourceLogs` of an ExportLogsServiceRequest in OTLP/JSON. Reading it gives them again. */
export const encodeLogsJson = (logs: readonly LogRecord[]): { readonly resourceLogs: readonly object[] } => ({
  resourceLogs: logs.length === 0 ? [] : [{ scopeLogs: [{ logRecords: logs.map(encodeRecord) }] }],
})
