import type { Attributes, LogRecord, Span } from '../../../domain/model/span.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import type { SpanFacts, SpanReading } from '../../../semantics/reading.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { type IdRange, NAMED_TYPES, type Owner, type StowedTexts } from './long-texts.ts'
import type { Reader } from './reader.ts'
import { traceKey } from './stored-text.ts'

/**
 * A span read and put into the texts that are stored. The span itself is not held: what waits for its
 * transaction is copied by the garbage collector, and a few long texts cost it less than many small objects.
 */
export interface EncodedSpan {
  readonly traceId: TraceId
  readonly reading: SpanReading
  readonly outline: string
  readonly facts: string
  readonly resource: string
  readonly payload: string
  readonly bytes: number
  /** Takes the place of the span that is known. */
  readonly replaces?: true
}

/** What the payload leaves to columns of its own. */
type Payload = Omit<Span, 'traceId' | 'spanId' | 'resource' | 'scope'>

/** Named one by one: taking the others out of a copy is several times slower. Absent stays absent in JSON. */
const payloadOf = (span: Span): { [Key in keyof Payload]: Payload[Key] | undefined } => ({
  parentId: span.parentId,
  name: span.name,
  otelKind: span.otelKind,
  startTime: span.startTime,
  duration: span.duration,
  status: span.status,
  attributes: span.attributes,
  events: span.events,
  links: span.links,
  traceState: span.traceState,
  flags: span.flags,
  problems: span.problems,
})

const resources = new WeakMap<Attributes, Map<string, string>>()

/** Decoders share one resource among its spans: it is put into text once. */
function resourceText({ resource, scope }: Span): string {
  const texts = resources.get(resource) ?? new Map<string, string>()
  resources.set(resource, texts)
  const scopeKey = `${scope.name}\n${scope.version ?? ''}`
  let text = scope.attributes === undefined ? texts.get(scopeKey) : undefined
  if (text === undefined) {
    text = JSON.stringify({ resource, scope })
    if (scope.attributes === undefined) texts.set(scopeKey, text)
  }
  return text
}

/** The version of what is read of a span: facts of a lower one lack what that did not read. */
const FACTS_VERSION = 1

function factsText(facts: SpanFacts): string {
  const text = JSON.stringify(facts)
  return text === '{}' ? `{"v":${FACTS_VERSION}}` : `{"v":${FACTS_VERSION},${text.slice(1)}`
}

/** Facts as they are stored, null where none were. `whole`: they are as this version reads them. */
export function decodeFacts(text: string | null): { readonly facts: SpanFacts; readonly whole: boolean } {
  if (text === null) return { facts: {}, whole: false }
  const { v, ...facts } = JSON.parse(text) as SpanFacts & { readonly v?: number }
  return { facts, whole: v === FACTS_VERSION }
}

/** What a span will take in memory, guessed without reading it: its long texts are what matters. */
export function roughBytes({ attributes }: Span): number {
  let bytes = 1_000
  for (const key in attributes) {
    const value = attributes[key]
    if (typeof value === 'string') bytes += 2 * value.length
  }
  return bytes
}

export function encodeSpan(span: Span, reader: Reader, logs: readonly LogRecord[] = []): EncodedSpan {
  const reading = reader.readSpan(span, logs)
  const outline = JSON.stringify(reading.outline)
  const facts = factsText(reading.facts)
  const payload = JSON.stringify(payloadOf(span))
  return {
    traceId: span.traceId,
    reading,
    outline,
    facts,
    resource: resourceText(span),
    payload,
    bytes: 2 * (outline.length + facts.length + payload.length) + 400,
  }
}

export function decodeSpan(ids: Pick<Span, 'traceId' | 'spanId'>, resource: string, payload: string): Span {
  return {
    ...ids,
    ...(JSON.parse(payload) as Payload),
    ...(JSON.parse(resource) as Pick<Span, 'resource' | 'scope'>),
  }
}

/** The columns of `spans`, in the table's order. */
export const SPAN_TYPES: readonly CellType[] = [
  'INTEGER',
  'VARCHAR',
  'VARCHAR',
  'BIGINT',
  'BIGINT',
  'VARCHAR',
  'VARCHAR',
  'VARCHAR',
  'VARCHAR',
  'VARCHAR',
  'VARCHAR',
  ...NAMED_TYPES,
]

/** A span's row; its long texts go to `stowed`. `before`: what the row that it replaces shared with others. */
export function spanRow(span: EncodedSpan, stowed: StowedTexts, before: IdRange | null = null): Cell[] {
  stowed.beginRow(before)
  const { traceId, reading } = span
  const { spanId, startTime, duration, name, kind } = reading.outline
  const owner: Owner = `span ${spanId}`
  return [
    traceKey(traceId),
    traceId,
    spanId,
    startTime,
    duration,
    name,
    kind,
    span.outline,
    stowed.json(span.facts, traceId, owner),
    stowed.sharedJson(span.resource, traceId),
    stowed.json(span.payload, traceId, owner),
    ...stowed.namedCells,
  ]
}
