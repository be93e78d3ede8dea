import { parseIsoTime } from '../../domain/model/iso-time.ts'
import type { Span, SpanOutline } from '../../domain/model/span.ts'
import {
  durationMicros,
  endOf,
  type Micros,
  micros,
  type SpanId,
  spanId,
  type TraceId,
} from '../../domain/model/units.ts'
import { DEFAULT_OTLP_LIMITS } from '../otlp/guard/otlp-limits.ts'
import { ValueGuard } from '../otlp/guard/value-guard.ts'
import { readObservation, spanOfParts } from './decode-export.ts'
import { fieldsOf, type MergedRecord } from './merged-record.ts'
import { readMetadata } from './metadata.ts'
import { traceAttributes } from './observation-attributes.ts'
import { postedUsage } from './posted-usage.ts'

/** The span that a trace itself becomes: observations without a parent stand below it. */
const rootIdOf = (trace: TraceId): SpanId => spanId(`t-${trace}`.slice(0, 200))

/** The span of an observation as it is known so far; null while its trace is not known. */
export function spanOfRecord(record: MergedRecord): Span | null {
  if (record.target !== 'observation' || record.traceId === null) return null
  const { usage, ...fields } = fieldsOf(record)
  const { parentObservationId: parent } = fields
  const read = readObservation(
    {
      startTime: new Date(record.first / 1_000).toISOString(),
      ...fields,
      ...postedUsage({ ...fields, usage }),
      id: record.id,
      traceId: record.traceId,
      parentObservationId:
        typeof parent === 'string' && parent !== '' && parent !== record.id
          ? parent
          : rootIdOf(record.traceId),
    },
    { id: record.traceId, pairs: [] },
    new ValueGuard(DEFAULT_OTLP_LIMITS),
  )
  return 'rejected' in read ? null : read
}

const timeIn = (value: unknown): Micros | null => (typeof value === 'string' ? parseIsoTime(value) : null)

interface Extent {
  readonly start: number
  readonly end: number
  readonly first: SpanOutline | undefined
}

/** From the first start to the last end of what stands below the root. */
function extentOf(root: SpanId, outlines: Iterable<SpanOutline>): Extent {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  let first: SpanOutline | undefined
  for (const outline of outlines) {
    if (outline.spanId === root || outline.kind === 'feedback') continue
    start = Math.min(start, outline.startTime)
    end = Math.max(end, endOf(outline.startTime, outline.duration ?? durationMicros(0)))
    if (outline.parentId === root && outline.startTime < (first?.startTime ?? Number.POSITIVE_INFINITY))
      first = outline
  }
  return { start, end, first }
}

/**
 * The top span of a trace. Where nothing was said of the trace itself (yet), it is called after its first
 * observation.
 * @param outlines what is known of the trace's spans
 */
export function rootOfRecord(
  trace: TraceId,
  record: MergedRecord | undefined,
  outlines: Iterable<SpanOutline>,
): Span {
  const id = rootIdOf(trace)
  const { start, end, first } = extentOf(id, outlines)
  const fields = record ? fieldsOf(record) : {}
  const said = record && (timeIn(fields.timestamp) ?? record.first)
  const from = Math.min(start, said ?? Number.POSITIVE_INFINITY)
  const startTime = micros(Number.isFinite(from) ? from : 0)
  const metadata = readMetadata(fields.metadata, 'langfuse.trace.metadata.')
  return spanOfParts(
    {
      traceId: trace,
      spanId: id,
      parentId: null,
      name: typeof fields.name === 'string' ? fields.name : (first?.name ?? ''),
      startTime,
      duration: durationMicros(Math.max(0, end - startTime)),
      pairs: traceAttributes(fields),
      metadata,
    },
    new ValueGuard(DEFAULT_OTLP_LIMITS),
  )
}
