import type { SpanEvent } from '../../../domain/model/span.ts'
import type { ValueGuard } from '../guard/value-guard.ts'
import type { RawLink, RawSpan } from '../raw-span.ts'
import {
  field,
  idField,
  isObject,
  type JsonObject,
  nameField,
  nanosField,
  numberField,
  objects,
  textField,
} from './json-fields.ts'
import { readJsonAttributes } from './json-values.ts'

/** Enum names, which OTLP/JSON forbids and protobuf's own JSON printers write. */
const KIND_NAMES = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
}
const STATUS_NAMES = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 }

const readEvent = (event: JsonObject, guard: ValueGuard): SpanEvent => ({
  name: nameField(event, 'name', guard, 'an event name'),
  time: nanosField(event, 'timeUnixNano', guard),
  attributes: readJsonAttributes(event, guard),
})

const readLink = (link: JsonObject, guard: ValueGuard): RawLink => ({
  traceId: idField(link, 'traceId'),
  spanId: idField(link, 'spanId'),
  attributes: readJsonAttributes(link, guard),
})

/** The events or links of a span, up to the most that it may have. */
const listed = (
  span: JsonObject,
  name: string,
  what: 'event' | 'link',
  guard: ValueGuard,
): readonly JsonObject[] => {
  let held = 0
  return objects(span, name, guard).filter(() => {
    const isKept = guard.parts.takesListed(held, what)
    if (isKept) held += 1
    return isKept
  })
}

/** Reads one span of OTLP/JSON. */
export const readJsonSpan = (span: JsonObject, guard: ValueGuard): RawSpan => {
  const held = field(span, 'status')
  const status = isObject(held) ? held : {}
  return {
    traceId: idField(span, 'traceId'),
    spanId: idField(span, 'spanId'),
    parentId: idField(span, 'parentSpanId'),
    name: nameField(span, 'name', guard, 'the name'),
    kind: numberField(span, 'kind', guard, KIND_NAMES),
    start: nanosField(span, 'startTimeUnixNano', guard),
    end: nanosField(span, 'endTimeUnixNano', guard),
    attributes: readJsonAttributes(span, guard),
    events: listed(span, 'events', 'event', guard).map((event) => readEvent(event, guard)),
    links: listed(span, 'links', 'link', guard).map((link) => readLink(link, guard)),
    statusCode: numberField(status, 'code', guard, STATUS_NAMES),
    statusMessage: textField(status, 'message', guard, 'the status message'),
    traceState: textField(span, 'traceState', guard, 'the trace state'),
    flags: numberField(span, 'flags', guard) >>> 0,
    dropped: [
      numberField(span, 'droppedAttributesCount', guard),
      numberField(span, 'droppedEventsCount', guard),
      numberField(span, 'droppedLinksCount', guard),
    ],
  }
}
