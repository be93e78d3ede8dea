import type { AttributeValue, OtelKind, Scope, Span, SpanEvent, StatusCode } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId, type TraceId, traceId } from '../../domain/model/units.ts'
import type { Failure } from './exchange.ts'
import type { Random } from './random.ts'

export type Values = { readonly [key: string]: AttributeValue | undefined }

const MICROS = 1_000_000

const present = (values: Values): { [key: string]: AttributeValue } => {
  const attributes: { [key: string]: AttributeValue } = {}
  for (const [key, value] of Object.entries(values)) if (value !== undefined) attributes[key] = value
  return attributes
}

export interface SpanOptions {
  readonly attributes?: Values
  readonly scope?: Scope
  readonly resource?: Values
  readonly otelKind?: OtelKind
}

/** A span while it is being written. */
export class OpenSpan {
  readonly attributes: { [key: string]: AttributeValue }
  readonly events: SpanEvent[] = []
  status: { code: StatusCode; message?: string } = { code: 'unset' }
  readonly id: string
  private readonly now: () => number

  constructor(id: string, attributes: Values, now: () => number) {
    this.id = id
    this.attributes = present(attributes)
    this.now = now
  }

  set(values: Values): void {
    Object.assign(this.attributes, present(values))
  }

  event(name: string, values: Values = {}): void {
    this.events.push({ name, time: micros(this.now()), attributes: present(values) })
  }

  ok(): void {
    this.status = { code: 'ok' }
  }

  /** As OpenTelemetry's SDK for Python records an exception that leaves a span. */
  fail(failure: Failure): void {
    const short = failure.type.split('.').at(-1) ?? failure.type
    this.status = { code: 'error', message: `${short}: ${failure.message}` }
    this.event('exception', {
      'exception.type': failure.type,
      'exception.message': failure.message,
      'exception.stacktrace':
        failure.stack ?? `Traceback (most recent call last):\n${failure.type}: ${failure.message}\n`,
      'exception.escaped': 'False',
    })
  }
}

/**
 * Writes the spans of one trace against a clock of its own. Spans come out as an exporter sends them: a child
 * when it has ended, so before its parent.
 */
export class TraceWriter {
  readonly id: TraceId
  readonly spans: Span[] = []
  /** Microseconds since the epoch. */
  clock: number
  private readonly open: OpenSpan[] = []
  private readonly random: Random
  private readonly defaults: { readonly scope: Scope; readonly resource: Values }

  constructor(random: Random, start: number, defaults: { scope: Scope; resource: Values }) {
    this.random = random
    this.id = traceId(random.hex(32))
    this.clock = Math.round(start)
    this.defaults = defaults
  }

  wait(seconds: number): void {
    this.clock += Math.max(1, Math.round(seconds * MICROS))
  }

  /** One span around what `body` writes; some microseconds pass at its edges. */
  span(name: string, options: SpanOptions, body?: (span: OpenSpan) => void): OpenSpan {
    const start = this.clock
    const parent = this.open.at(-1)
    const span = new OpenSpan(this.random.hex(16), options.attributes ?? {}, () => this.clock)
    this.open.push(span)
    this.clock += this.random.int(60, 420)
    body?.(span)
    this.clock += this.random.int(40, 260)
    this.open.pop()
    this.spans.push({
      traceId: this.id,
      spanId: spanId(span.id),
      parentId: parent === undefined ? null : spanId(parent.id),
      name,
      otelKind: options.otelKind ?? 'internal',
      startTime: micros(start),
      duration: durationMicros(this.clock - start),
      status: span.status,
      attributes: span.attributes,
      events: span.events,
      links: [],
      resource: present(options.resource ?? this.defaults.resource),
      scope: options.scope ?? this.defaults.scope,
    })
    return span
  }
}
