import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord, Span } from '../../domain/model/span.ts'
import { decodeLogsJson } from '../../formats/otlp/decode-logs.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'

/** One trace of a recorded or constructed sample, its spans in order of arrival. */
export interface FixtureTrace {
  /** Folder or file and the trace's id. */
  readonly name: string
  readonly spans: readonly Span[]
  readonly logs: readonly LogRecord[]
}

const folder = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures')
/** `request-10` after `request-9`. */
const byNumber = new Intl.Collator('en', { numeric: true }).compare

/** Every trace below src/formats/otlp/fixtures. Files of one folder of captures belong together. */
export function fixtureTraces(): readonly FixtureTrace[] {
  const files = (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.otlp.json'))
    .sort(byNumber)
  const spans = new Map<string, Span[]>()
  const logs: { readonly sample: string; readonly log: LogRecord }[] = []
  for (const file of files) {
    const sample = /^(captures|rasa-sdk)\//.test(file) ? file.replace(/\/[^/]+$/, '') : file
    const body = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    if (body.resourceLogs) for (const log of decodeLogsJson(body).logs) logs.push({ sample, log })
    if (body.resourceSpans)
      for (const span of decodeTracesJson(body).spans) {
        const name = `${sample} ${span.traceId}`
        spans.set(name, [...(spans.get(name) ?? []), span])
      }
  }
  return [...spans].map(([name, members]) => ({
    name,
    spans: members,
    logs: logs.filter(({ sample, log }) => name === `${sample} ${log.traceId}`).map(({ log }) => log),
  }))
}

/** The log records of one span of a trace. */
export const logsOf = ({ logs }: FixtureTrace, { spanId }: Span): readonly LogRecord[] =>
  logs.filter((log) => log.spanId === spanId)
