import type {
  Attributes,
  AttributeValue,
  OtelKind,
  Scope,
  Span,
  StatusCode,
} from '../../domain/model/span.ts'
import { endOf, type Micros } from '../../domain/model/units.ts'
import { hexId } from './otlp-ids.ts'
import { groupSpans } from './span-groups.ts'

export const KIND_NUMBERS: Record<OtelKind, number> = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
}
export const STATUS_NUMBERS: Record<StatusCode, number> = { unset: 0, ok: 1, error: 2 }

interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}
type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
  | Record<string, never>

/** An export in OTLP/JSON: ids in hex, 64-bit integers as text, enums as numbers, what is empty left out. */
export interface OtlpTracesJson {
  readonly resourceSpans: readonly object[]
}

/** A moment in nanoseconds; those before 1970 have none in OTLP. */
export const nanosOf = (time: Micros): bigint => BigInt(Math.max(0, Math.round(time))) * 1000n

/** A value as OTLP's AnyValue. */
export const anyValue = (value: AttributeValue): AnyValue => {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: value.toFixed(0) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { kvlistValue: { values: keyValues(value as Attributes) } }
}

const keyValues = (attributes: Attributes): KeyValue[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))

/** `attributes`, where there are any. */
export const withAttributes = (attributes: Attributes) =>
  Object.keys(attributes).length === 0 ? {} : { attributes: keyValues(attributes) }

const encodeSpan = (span: Span): object => {
  const { status } = span
  return {
    traceId: hexId(span.traceId, 32),
    spanId: hexId(span.spanId, 16),
    ...(span.traceState !== undefined && { traceState: span.traceState }),
    ...(span.parentId !== null && { parentSpanId: hexId(span.parentId, 16) }),
    ...(span.flags !== undefined && { flags: span.flags }),
    name: span.name,
    ...(span.otelKind !== 'unspecified' && { kind: KIND_NUMBERS[span.otelKind] }),
    startTimeUnixNano: String(nanosOf(span.startTime)),
    ...(span.duration !== null && { endTimeUnixNano: String(nanosOf(endOf(span.startTime, span.duration))) }),
    ...withAttributes(span.attributes),
    ...(span.events.length > 0 && {
      events: span.events.map((event) => ({
        timeUnixNano: String(nanosOf(event.time)),
        name: event.name,
        ...withAttributes(event.attributes),
      })),
    }),
    ...(span.links.length > 0 && {
      links: span.links.map((link) => ({
        traceId: hexId(link.traceId, 32),
        spanId: hexId(link.spanId, 16),
        ...withAttributes(link.attributes),
      })),
    }),
    status: {
      ...(status.message !== undefined && { message: status.message }),
      ...(status.code !== 'unset' && { code: STATUS_NUMBERS[status.code] }),
    },
  }
}

const encodeScope = (scope: Scope): object => ({
  ...(scope.name !== '' && { name: scope.name }),
  ...(scope.version !== undefined && { version: scope.version }),
  ...withAttributes(scope.attributes ?? {}),
})

/** Spans as an ExportTraceServiceRequest in canonical OTLP/JSON. Reading it gives the same spans again. */
export const encodeTracesJson = (spans: readonly Span[]): OtlpTracesJson => ({
  resourceSpans: groupSpans(spans).map(({ resource, scopes }) => ({
    resource: withAttributes(resource),
    scopeSpans: scopes.map((group) => ({
      scope: encodeScope(group.scope),
      spans: group.spans.map(encodeSpan),
      ...(group.scope.schemaUrl !== undefined && { schemaUrl: group.scope.schemaUrl }),
    })),
  })),
})
