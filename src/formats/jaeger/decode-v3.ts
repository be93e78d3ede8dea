import type { Attributes, AttributeValue, Span } from '../../domain/model/span.ts'
import type { Decoded } from '../decoded.ts'
import { decodeTracesJsonInSteps } from '../otlp/decode-traces.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { NO_SERVICE } from './tags.ts'

/** Where API v3 puts what the legacy JSON has in a span's `warnings`. */
const WARNINGS = '@jaeger@warnings'

function warningsIn(value: AttributeValue | undefined): readonly string[] {
  let list: unknown = value
  try {
    // Some storages keep lists as JSON.
    if (typeof value === 'string') list = JSON.parse(value)
  } catch {
    list = [value]
  }
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []
}

/** Puts events in order, and makes warnings problems of the span, each once: storages repeat them with every read. */
function tidied(span: Span): Span {
  // Storages give events in an order of their own.
  const events = span.events.length > 1 ? span.events.toSorted((a, b) => a.time - b.time) : span.events
  if (!Object.hasOwn(span.attributes, WARNINGS)) return { ...span, events }
  const { [WARNINGS]: warnings, ...attributes } = span.attributes
  const told = [...new Set(warningsIn(warnings))].map((warning) => `Jaeger: ${warning}`)
  return { ...span, events, attributes, problems: [...(span.problems ?? []), ...told] }
}

/** Takes the name away that Jaeger gives to what has none; spans share their resource, and go on to. */
class Resources {
  readonly #named = new Map<Attributes, Attributes>()

  of(resource: Attributes): Attributes {
    if (resource['service.name'] !== NO_SERVICE) return resource
    const known = this.#named.get(resource)
    if (known) return known
    const { 'service.name': _, ...own } = resource
    this.#named.set(resource, own)
    return own
  }
}

/**
 * Reads what Jaeger's API v3 gives under `result`: OTLP/JSON, traces merged in one list.
 * @throws NotOtlpError where it is no such export.
 */
export function* decodeJaegerV3InSteps(
  result: unknown,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Generator<unknown, Decoded> {
  const spans: Span[] = []
  const resources = new Resources()
  const steps = decodeTracesJsonInSteps(result, limits)
  for (;;) {
    const step = steps.next()
    if (step.done) return { spans, logs: [], ...step.value }
    for (const span of step.value) spans.push({ ...tidied(span), resource: resources.of(span.resource) })
    yield
  }
}
