import type { Trace } from '../../../domain/model/trace.ts'
import type { Micros, SpanId, TraceId } from '../../../domain/model/units.ts'

export interface OutwardLink {
  readonly label: string
  readonly href: string
}

interface LinkingSource {
  readonly id: string
  readonly label: string
  readonly kind: string
  readonly links?: readonly { readonly label: string; readonly template: string; readonly on: string }[]
}

interface Moment {
  readonly traceId: TraceId
  readonly spanId?: SpanId
  readonly start: Micros
  /** µs since the epoch. */
  readonly end: number
  readonly service: string | undefined
}

const KIND_WORDS: { readonly [kind: string]: string } = { jaeger: 'Jaeger', langfuse: 'Langfuse' }

/** Only what a browser opens as a page: an address comes from settings or from a recording. */
const isPage = (href: string): boolean => /^https?:\/\//i.test(href) && URL.canParse(href)

/** Fills `{traceId}`, `{spanId}`, `{start}`, `{end}` (ms since the epoch), `{service}`, each percent-encoded. */
const filled = (template: string, at: Moment): string =>
  template.replace(/\{(traceId|spanId|start|end|service)\}/g, (_whole, name: string) => {
    const values: { readonly [name: string]: string } = {
      traceId: at.traceId,
      spanId: at.spanId ?? '',
      start: String(Math.floor(at.start / 1000)),
      end: String(Math.ceil(at.end / 1000)),
      service: at.service ?? '',
    }
    return encodeURIComponent(values[name] ?? '')
  })

const templated = (source: LinkingSource | undefined, on: 'trace' | 'span', at: Moment) =>
  (source?.links ?? [])
    .filter((link) => link.on === on && (at.service !== undefined || !link.template.includes('{service}')))
    .map((link) => ({ label: link.label, href: filled(link.template, at) }))

/** The ways out of a turn: its page in the backend, then what the source's settings add. */
export const traceLinks = (
  trace: Trace,
  own: LinkingSource,
  sources: readonly LinkingSource[],
): readonly OutwardLink[] => {
  const holder = sources.find((source) => source.id === (trace.spans?.source ?? own.id)) ?? own
  const at = {
    traceId: trace.traceId,
    start: trace.startTime,
    end: trace.startTime + trace.duration,
    service: trace.services[0],
  }
  const away = trace.spans ? { ...at, traceId: trace.spans.traceId } : at
  // A provider that is no source here goes by what it was called when it was recorded.
  const known = holder.id === trace.spans?.source ? holder.kind : trace.spans?.source.split('-')[0]
  const external = trace.externalUrl
    ? [{ label: `Open in ${KIND_WORDS[known ?? ''] ?? 'its provider'}`, href: trace.externalUrl }]
    : []
  const links = [
    ...external,
    ...(holder.id === own.id ? [] : templated(holder, 'trace', away)),
    ...templated(own, 'trace', at),
  ].filter((link) => isPage(link.href))
  const isSame = (link: OutwardLink) => (other: OutwardLink) =>
    other.href === link.href || other.label === link.label
  return links.filter((link, i) => links.findIndex(isSame(link)) === i)
}

/** The ways out of a span. `duration` µs. */
export const spanLinks = (
  span: {
    readonly spanId: SpanId
    readonly startTime: Micros
    readonly duration: number | null
    readonly service?: string
  },
  trace: TraceId,
  source: LinkingSource | undefined,
): readonly OutwardLink[] =>
  templated(source, 'span', {
    traceId: trace,
    spanId: span.spanId,
    start: span.startTime,
    end: span.startTime + (span.duration ?? 0),
    service: span.service,
  }).filter((link) => isPage(link.href))
