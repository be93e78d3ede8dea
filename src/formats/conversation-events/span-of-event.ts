import type { Span } from '../../domain/model/span.ts'
import {
  between,
  type DurationMicros,
  durationMicros,
  type Micros,
  micros,
  spanId,
  traceId,
} from '../../domain/model/units.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../otlp/guard/otlp-limits.ts'
import { hexId } from '../otlp/otlp-ids.ts'
import { cutAttributes } from './cut-attributes.ts'
import { chatbotOf, eventAttributes, failureOf } from './event-attributes.ts'
import type { PostedEvent } from './posted-event.ts'

/** An event without an id of its own gets one from what it says, so that sending it twice is the same event. */
const idOf = (event: PostedEvent): string => event.trace_id ?? hexId(JSON.stringify(event), 16)

interface Stretch {
  readonly start: Micros
  readonly duration: DurationMicros
}

/** Start and length from whichever of start, end and latency are given. */
const stretchOf = (event: PostedEvent, arrival: Micros): Stretch => {
  const { start_timestamp: start, end_timestamp: end, latency } = event
  const length = latency === undefined ? undefined : durationMicros(latency * 1000)
  if (start !== undefined && end !== undefined)
    return { start, duration: durationMicros(Math.max(0, between(start, end))) }
  if (start !== undefined) return { start, duration: length ?? durationMicros(0) }
  const last = end ?? arrival
  return { start: micros(Math.max(0, last - (length ?? 0))), duration: length ?? durationMicros(0) }
}

const problemsOf = ({ start_timestamp: start, end_timestamp: end }: PostedEvent): readonly string[] => {
  if (start === undefined && end === undefined) return ['it came without a time: its arrival stands for it']
  if (start !== undefined && end !== undefined && end < start)
    return ['it ended before it started: its duration is shown as 0']
  return []
}

/**
 * The span that an event is: its turn is the trace, its conversation the session. `arrival` stands for a time
 * that is missing; values beyond the limits are cut. An event without a parent is a top span of its turn.
 */
export const spanOfEvent = (
  event: PostedEvent,
  arrival: Micros,
  { valueSize, recordSize }: Pick<OtlpLimits, 'valueSize' | 'recordSize'> = DEFAULT_OTLP_LIMITS,
): Span => {
  const { start, duration } = stretchOf(event, arrival)
  const id = idOf(event)
  const failure = failureOf(event)
  const { attributes, problems: cuts } = cutAttributes(eventAttributes(event), valueSize, recordSize)
  const problems = [...problemsOf(event), ...cuts]
  const isTop = event.type === 'message' || event.parent_id === undefined || event.parent_id === id
  return {
    traceId: traceId(event.interaction_id),
    spanId: spanId(id),
    parentId: isTop ? null : spanId(event.parent_id),
    name: event.task,
    otelKind: 'internal',
    startTime: start,
    duration,
    status:
      failure === undefined
        ? { code: 'unset' }
        : { code: 'error', message: failure === '' ? 'Error' : failure },
    attributes,
    events: [],
    links: [],
    resource: { 'service.name': chatbotOf(event) },
    scope: { name: 'turnscope.events' },
    ...(problems.length > 0 && { problems }),
  }
}
