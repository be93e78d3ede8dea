import type { Span } from '../domain/model/span.ts'
import type { Decoded } from './decoded.ts'
import { decodeJaegerTracesInSteps, isJaegerTrace } from './jaeger/decode.ts'
import { decodeJaegerV3InSteps } from './jaeger/decode-v3.ts'
import {
  decodeLangfuseObservationsInSteps,
  decodeLangfuseTracesInSteps,
  isLangfuseObservation,
  isLangfuseTrace,
} from './langfuse/decode-export.ts'
import { decodeLogsJsonInSteps } from './otlp/decode-logs.ts'
import { decodeTracesJsonInSteps } from './otlp/decode-traces.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from './otlp/guard/otlp-limits.ts'
import { inOneGo } from './otlp/guard/steps.ts'
import { isObject, type JsonObject } from './otlp/json/json-fields.ts'

/** A format that a file may be of, told by one parsed document of it. */
export interface ImportFormat {
  readonly id: string
  /** As a person would call it. */
  readonly label: string
  /** Reads a document of this format; undefined where it is of another. */
  readonly read: (document: unknown, limits: OtlpLimits) => Decoding | undefined
}

/** Reads a document, with pauses. Throws NotOtlpError or OverLimitError where it cannot be read after all. */
export type Decoding = Generator<unknown, Decoded>

/** A file may be one large document: its size bounds it, not the number of its spans. */
const LIMITS: OtlpLimits = { ...DEFAULT_OTLP_LIMITS, records: 5_000_000, parts: 10_000_000 }

const has = (value: unknown, ...names: readonly string[]): value is JsonObject =>
  isObject(value) && names.some((name) => name in value)

type Guard = (value: unknown) => value is JsonObject

/** The items of a document that is one item, a list of them, or a reply that holds the list under `data`. */
function itemsOf(document: unknown, isItem: Guard): readonly JsonObject[] | undefined {
  if (isItem(document)) return [document]
  const list = isObject(document) ? document.data : document
  if (!Array.isArray(list) || list.length === 0) return undefined
  // The first decides, so that the odd ones among many are rejected with a word, not the file.
  return isItem(list[0]) ? list.filter(isItem) : undefined
}

const readItems =
  (isItem: Guard, decode: (items: readonly JsonObject[], limits: OtlpLimits) => Decoding) =>
  (document: unknown, limits: OtlpLimits): Decoding | undefined => {
    const items = itemsOf(document, isItem)
    return items && decode(items, limits)
  }

/** A download holds the log records beside the spans. */
function* otlpTraces(document: JsonObject, limits: OtlpLimits): Decoding {
  const spans: Span[] = []
  const steps = decodeTracesJsonInSteps(document, limits)
  let step = steps.next()
  for (; !step.done; step = steps.next()) {
    for (const span of step.value) spans.push(span)
    yield
  }
  const traces = step.value
  if (!has(document, 'resourceLogs', 'resource_logs')) return { spans, logs: [], ...traces }
  const { logs, problems, rejected } = yield* decodeLogsJsonInSteps(document, limits)
  return {
    spans,
    logs,
    problems: [...traces.problems, ...problems],
    rejected: traces.rejected + rejected,
  }
}

function* otlpLogs(document: JsonObject, limits: OtlpLimits): Decoding {
  const { logs, problems, rejected } = yield* decodeLogsJsonInSteps(document, limits)
  return { spans: [], logs, problems, rejected }
}

/** Langfuse's own download of a trace: the trace, and its observations beside it; or a session with its traces. */
const downloadOf = (document: unknown): unknown =>
  isObject(document) && Array.isArray(document.traces)
    ? document.traces
    : isObject(document) && isObject(document.trace) && Array.isArray(document.observations)
      ? {
          ...document.trace,
          observations: document.observations,
          scores: document.scores ?? document.trace.scores,
        }
      : document

/** Every format, in the order in which it is looked for: the more particular first. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  {
    id: 'otlp-traces',
    label: 'OTLP JSON',
    read: (document, limits) =>
      has(document, 'resourceSpans', 'resource_spans') ? otlpTraces(document, limits) : undefined,
  },
  {
    id: 'otlp-logs',
    label: 'OTLP JSON (logs)',
    read: (document, limits) =>
      has(document, 'resourceLogs', 'resource_logs') ? otlpLogs(document, limits) : undefined,
  },
  {
    id: 'jaeger-v3',
    label: 'Jaeger JSON (API v3)',
    read: (document, limits) =>
      isObject(document) && has(document.result, 'resourceSpans')
        ? decodeJaegerV3InSteps(document.result, limits)
        : undefined,
  },
  { id: 'jaeger', label: 'Jaeger JSON', read: readItems(isJaegerTrace, decodeJaegerTracesInSteps) },
  {
    id: 'langfuse',
    label: 'Langfuse export',
    read: (document, limits) =>
      readItems(isLangfuseTrace, decodeLangfuseTracesInSteps)(downloadOf(document), limits),
  },
  {
    id: 'langfuse-observations',
    label: 'Langfuse observations',
    read: readItems(isLangfuseObservation, decodeLangfuseObservationsInSteps),
  },
]

/** The first format that a document is of, and how it is read; undefined where it is of none. */
export function recogniseImport(
  document: unknown,
  sizes: Partial<Pick<OtlpLimits, 'valueSize' | 'recordSize'>> = {},
): { format: ImportFormat; decoding: Decoding } | undefined {
  const limits = { ...LIMITS, ...sizes }
  for (const format of IMPORT_FORMATS) {
    const decoding = format.read(document, limits)
    if (decoding) return { format, decoding }
  }
  return undefined
}

/** `recogniseImport`, read in one go. @testing */
export function readImport(document: unknown): { format: ImportFormat; decoded: Decoded } | undefined {
  const found = recogniseImport(document)
  return found && { format: found.format, decoded: inOneGo(found.decoding) }
}
