import type { Attributes, AttributeValue, Span, SpanEvent } from '../../domain/model/span.ts'
import { hexId } from '../otlp/otlp-ids.ts'
import { JSON_TAG, RUNNING_TAG, SCOPE_ATTRIBUTES_TAG, SCOPE_SCHEMA_TAG } from './tags.ts'

interface JaegerTag {
  readonly key: string
  readonly type: string
  readonly value: string | number | boolean
}

const tagOf = (key: string, value: AttributeValue): JaegerTag => {
  if (typeof value === 'string') return { key, type: 'string', value }
  if (typeof value === 'boolean') return { key, type: 'bool', value }
  if (typeof value === 'number') return { key, type: Number.isInteger(value) ? 'int64' : 'float64', value }
  return { key, type: JSON_TAG, value: JSON.stringify(value) }
}

const tagsOf = (attributes: Attributes): JaegerTag[] =>
  Object.entries(attributes).map(([key, value]) => tagOf(key, value))

/** What has a place of its own in a span and stands in a tag in Jaeger, as its collector writes it. */
function ownTags({ otelKind, scope, status, traceState, duration, attributes }: Span): JaegerTag[] {
  const failed = status.code === 'error'
  const own: readonly (readonly [key: string, value: AttributeValue | undefined])[] = [
    // Always there: it says that the span is OpenTelemetry's, whose links are no parents.
    ['otel.scope.name', scope.name],
    ['otel.scope.version', scope.version],
    [SCOPE_ATTRIBUTES_TAG, scope.attributes],
    [SCOPE_SCHEMA_TAG, scope.schemaUrl],
    ['span.kind', otelKind === 'unspecified' ? undefined : otelKind],
    // Said where an attribute of that name would be taken for a failure.
    [
      'otel.status_code',
      status.code === 'unset' ? ('error' in attributes ? 'UNSET' : undefined) : status.code.toUpperCase(),
    ],
    ['error', failed || undefined],
    ['otel.status_description', status.message],
    ['w3c.tracestate', traceState],
    [RUNNING_TAG, duration === null || undefined],
  ]
  return own.flatMap(([key, value]) => (value === undefined ? [] : [tagOf(key, value)]))
}

const logOf = ({ time, name, attributes }: SpanEvent): object => ({
  timestamp: time,
  fields: [...tagsOf(attributes), tagOf('event', name)],
})

function referencesOf({ traceId, parentId, links }: Span): object[] {
  const parent =
    parentId === null
      ? []
      : [{ refType: 'CHILD_OF', traceID: hexId(traceId, 32), spanID: hexId(parentId, 16) }]
  const others = links.map((link) => ({
    refType: 'FOLLOWS_FROM',
    traceID: hexId(link.traceId, 32),
    spanID: hexId(link.spanId, 16),
    ...(Object.keys(link.attributes).length > 0 && { tags: tagsOf(link.attributes) }),
  }))
  return [...parent, ...others]
}

const processOf = ({ 'service.name': service, ...rest }: Attributes): object =>
  typeof service === 'string' && service !== ''
    ? { serviceName: service, tags: tagsOf(rest) }
    : {
        serviceName: 'missing-service-name',
        tags: tagsOf(service === undefined ? rest : { ...rest, 'service.name': service }),
      }

/**
 * Writes spans as Jaeger's JSON, a batch at a time: the processes that they name are told at the end. Reading
 * it gives the same spans again, ids that are not hex as digests, notes on how they were received left out.
 */
export class JaegerEncoder {
  private readonly processes = new Map<string, { readonly id: string; readonly process: object }>()

  encode(span: Span): object {
    return {
      traceID: hexId(span.traceId, 32),
      spanID: hexId(span.spanId, 16),
      operationName: span.name,
      references: referencesOf(span),
      ...(span.flags !== undefined && { flags: span.flags }),
      startTime: span.startTime,
      duration: span.duration ?? 0,
      tags: [...tagsOf(span.attributes), ...ownTags(span)],
      logs: span.events.map(logOf),
      processID: this.processIdOf(span.resource),
      warnings: null,
    }
  }

  /** The processes of all spans so far, by their ids. */
  processesSoFar(): { readonly [id: string]: object } {
    return Object.fromEntries([...this.processes.values()].map(({ id, process }) => [id, process]))
  }

  private processIdOf(resource: Attributes): string {
    const key = JSON.stringify(resource)
    const known = this.processes.get(key) ?? {
      id: `p${this.processes.size + 1}`,
      process: processOf(resource),
    }
    this.processes.set(key, known)
    return known.id
  }
}
