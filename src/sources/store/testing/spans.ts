import type { LogRecord, Span } from '../../../domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../../../domain/model/units.ts'

/** When the test's traces begin: 2025-10-09T08:53:20Z, in µs. */
export const START = 1_760_000_000_000_000

/** `span('a.1')` is the root of trace a; `span('a.2', {parent: '1'})` below it. */
export function span(
  name: string,
  { parent, start = 0, ...rest }: { parent?: string; start?: number } & Partial<Span> = {},
): Span {
  const [trace = '', id = ''] = name.split('.')
  return {
    traceId: traceId(trace),
    spanId: spanId(id),
    parentId: parent === undefined ? null : spanId(parent),
    name: `span ${id}`,
    otelKind: 'internal',
    startTime: micros(START + start),
    duration: durationMicros(1_000),
    status: { code: 'unset' },
    attributes: {},
    events: [],
    links: [],
    resource: { 'service.name': 'bot' },
    scope: { name: 'test' },
    ...rest,
  }
}

/** A log record of span 1 of a trace. */
export const log = (trace: string): LogRecord => ({
  traceId: traceId(trace),
  spanId: spanId('1'),
  time: micros(START),
  severity: 9,
  body: `said of ${trace}`,
  attributes: {},
})
