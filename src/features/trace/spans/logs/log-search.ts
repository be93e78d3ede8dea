import type { AttributeValue, LogRecord } from '../../../../domain/model/span.ts'
import { jsonPreview } from '../../../../ui/json/json-lines.ts'

/** Characters of a structured value that are shown in one line and searched. */
const LOOKED_AT = 2_000

const asText = (value: AttributeValue): string =>
  typeof value === 'string' ? value : value === null ? '' : jsonPreview(value, LOOKED_AT)

/** A record in one line: its event, then its body. */
export const logLine = (log: LogRecord): string =>
  [log.eventName, asText(log.body)].filter((part) => part !== undefined && part !== '').join(' ')

/** Records that hold the text in event, body, severity or attributes, and are at least so severe; by time. */
export const foundLogs = (
  logs: readonly LogRecord[],
  text: string,
  severity: number,
): readonly LogRecord[] => {
  const wanted = text.trim().toLowerCase()
  const holds = (log: LogRecord) =>
    wanted === '' ||
    [logLine(log), log.severityText ?? '', asText(log.attributes)].some((part) =>
      part.toLowerCase().includes(wanted),
    )
  return logs.filter((log) => log.severity >= severity && holds(log)).toSorted((a, b) => a.time - b.time)
}
