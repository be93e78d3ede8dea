import type { LogRecord, Span } from '../domain/model/span.ts'
import type { TraceId } from '../domain/model/units.ts'
import { JaegerEncoder } from './jaeger/encode.ts'
import { encodeLogsJson } from './otlp/encode-logs.ts'
import { encodeTracesJson } from './otlp/encode-traces.ts'
import { hexId } from './otlp/otlp-ids.ts'

export const DOWNLOAD_FORMATS = ['otlp', 'jaeger'] as const
export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number]

export interface DownloadedTrace {
  readonly traceId: TraceId
  readonly spans: AsyncIterable<readonly Span[]>
  readonly logs: readonly LogRecord[]
}

const inList = (texts: readonly object[]): string => texts.map((one) => JSON.stringify(one)).join(',')

/** Items of every batch in one list, with what stands before and after it. */
async function* listed(
  spans: AsyncIterable<readonly Span[]>,
  head: string,
  encode: (batch: readonly Span[]) => readonly object[],
  tail: () => string,
): AsyncGenerator<string> {
  let before = head
  for await (const batch of spans) {
    if (batch.length === 0) continue
    yield before + inList(encode(batch))
    before = ','
  }
  yield (before === head ? head : '') + tail()
}

const WRITERS: Record<DownloadFormat, (trace: DownloadedTrace) => AsyncGenerator<string>> = {
  otlp: ({ spans, logs }) =>
    listed(
      spans,
      '{"resourceSpans":[',
      (batch) => encodeTracesJson(batch).resourceSpans,
      () =>
        logs.length === 0 ? ']}\n' : `],"resourceLogs":[${inList(encodeLogsJson(logs).resourceLogs)}]}\n`,
    ),
  jaeger: ({ traceId, spans }) => {
    const encoder = new JaegerEncoder()
    const id = JSON.stringify(hexId(traceId, 32))
    return listed(
      spans,
      `{"data":[{"traceID":${id},"spans":[`,
      (batch) => batch.map((span) => encoder.encode(span)),
      () => `],"processes":${JSON.stringify(encoder.processesSoFar())}}]}\n`,
    )
  },
}

/**
 * One trace as a JSON document in pieces, the first after its first spans are read. OTLP carries the log records
 * beside the spans; Jaeger has no place for them.
 */
export const writeTrace = (format: DownloadFormat, trace: DownloadedTrace): AsyncGenerator<string> =>
  WRITERS[format](trace)
