import type { Span } from '../../domain/model/span.ts'
import type { TraceId } from '../../domain/model/units.ts'
import type { Decoded } from '../decoded.ts'
import { BadJsonError } from '../json-count.ts'
import { parseJsonInSteps } from '../json-in-steps.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { isObject, type JsonObject } from '../otlp/json/json-fields.ts'
import { decodeJaegerTracesInSteps, isJaegerTrace } from './decode.ts'
import { decodeJaegerV3InSteps } from './decode-v3.ts'
import type { ReplyFrame, SpanPiece, SpansPath } from './reply-splitter.ts'

/** A reply may be one large document: its size bounds it, not the number of its spans. */
const LIMITS: OtlpLimits = { ...DEFAULT_OTLP_LIMITS, records: 5_000_000 }

/** What a reply of the query API holds: each trace once, its spans in the order they came. */
export interface QueriedTraces {
  readonly traces: ReadonlyMap<TraceId, readonly Span[]>
  /** What could not be read, in words. */
  readonly problems: readonly string[]
}

const textsOf = (value: unknown): readonly string[] | undefined =>
  value === null
    ? []
    : Array.isArray(value)
      ? value.filter((one): one is string => typeof one === 'string')
      : undefined

/** Names of services: legacy `{data:[…]}`, v3 `{services:[…]}`; undefined where a reply is of neither. */
export function servicesIn(reply: unknown, under: 'data' | 'services'): readonly string[] | undefined {
  if (!isObject(reply) || Array.isArray(reply)) return undefined
  // Nothing recorded yet: v3 leaves empty lists out.
  return under === 'services' && Object.keys(reply).length === 0 ? [] : textsOf(reply[under])
}

/** What the spans of one list share: makes a document of its own of some of them. */
type Holder = (spans: readonly JsonObject[]) => JsonObject

/** How one of Jaeger's two APIs answers with traces. */
export interface ReplyShape {
  /** Where its lists of spans stand. */
  readonly spans: SpansPath
  /** One for each list of spans, in order; undefined where it is no such reply. */
  readonly holders: (documents: readonly unknown[]) => readonly Holder[] | undefined
  readonly decode: (documents: readonly JsonObject[]) => Generator<unknown, Decoded>
}

function legacyHolders([reply, ...others]: readonly unknown[]): readonly Holder[] | undefined {
  if (others.length > 0 || !isObject(reply) || !('data' in reply)) return undefined
  const { data } = reply
  if (data === null) return []
  if (!Array.isArray(data) || !data.every(isJaegerTrace)) return undefined
  return data.map((trace) => (spans) => ({ ...trace, spans }))
}

function v3Holders(documents: readonly unknown[]): readonly Holder[] | undefined {
  const holders: Holder[] = []
  for (const document of documents) {
    if (!isObject(document) || !isObject(document.result)) return undefined
    // Empty lists are left out.
    const { resourceSpans = [] } = document.result
    if (!Array.isArray(resourceSpans)) return undefined
    for (const group of resourceSpans.filter(isObject)) {
      // So early exporters called the lists of scopes. Nothing is known to answer so: better refused than left out.
      if ('instrumentationLibrarySpans' in group) return undefined
      const scopes = Array.isArray(group.scopeSpans) ? group.scopeSpans.filter(isObject) : []
      for (const scope of scopes.filter(({ spans }) => Array.isArray(spans)))
        holders.push((spans) => ({ ...group, scopeSpans: [{ ...scope, spans }] }))
    }
  }
  return holders
}

/** By the API: its older one, `/api/traces`, and `/api/v3/traces`, whose spans of all traces stand in one list. */
export const REPLY_SHAPES = {
  legacy: {
    spans: ['data', '[]', 'spans'],
    holders: legacyHolders,
    decode: (documents) => decodeJaegerTracesInSteps(documents, LIMITS),
  },
  v3: {
    spans: ['result', 'resourceSpans', '[]', 'scopeSpans', '[]', 'spans'],
    holders: v3Holders,
    decode: (resourceSpans) => decodeJaegerV3InSteps({ resourceSpans }, LIMITS),
  },
} as const satisfies Record<string, ReplyShape>

/**
 * Reads the frame of a reply; undefined where it is none of this shape. Pauses now and then.
 * @throws BadJsonError where it is no JSON
 */
export function* holdersInSteps(
  { documents, lists }: ReplyFrame,
  shape: ReplyShape,
): Generator<unknown, readonly Holder[] | undefined> {
  const parsed: unknown[] = []
  for (const document of documents) parsed.push(yield* parseJsonInSteps(document))
  const holders = parsed.length === 0 ? undefined : shape.holders(parsed)
  // A key that stands twice hides a list.
  return holders?.length === lists ? holders : undefined
}

const parsedPiece = ({ bytes }: SpanPiece): readonly JsonObject[] => {
  try {
    return JSON.parse(`[${new TextDecoder().decode(bytes)}]`) as JsonObject[]
  } catch (cause) {
    throw new BadJsonError('no JSON', { cause })
  }
}

/**
 * The spans of a piece, as those before which they stood say.
 * @throws BadJsonError where it is no JSON
 */
export function* spansInSteps(
  piece: SpanPiece,
  holders: readonly Holder[],
  shape: ReplyShape,
): Generator<unknown, Decoded> {
  const spans = parsedPiece(piece)
  const documents: JsonObject[] = []
  let at = 0
  for (const [list, count] of piece.parts) {
    const holder = holders[list]
    if (holder) documents.push(holder(spans.slice(at, at + count)))
    at += count
  }
  return yield* shape.decode(documents)
}

/** Spans by their trace. Storages may give a span twice: the first counts. */
export class QueriedSpans {
  readonly #traces = new Map<TraceId, Map<string, Span>>()
  readonly #problems = new Set<string>()

  add({ spans, problems }: Decoded): void {
    for (const span of spans) {
      const known = this.#traces.get(span.traceId)
      if (known === undefined) this.#traces.set(span.traceId, new Map([[span.spanId, span]]))
      else if (!known.has(span.spanId)) known.set(span.spanId, span)
    }
    for (const problem of problems) this.#problems.add(problem)
  }

  done(): QueriedTraces {
    const traces = new Map([...this.#traces].map(([id, known]) => [id, [...known.values()]] as const))
    return { traces, problems: [...this.#problems] }
  }
}
