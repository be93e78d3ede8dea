import protobuf from 'protobufjs/minimal.js'
import type { Attributes, AttributeValue, Span } from '../../../domain/model/span.ts'
import { endOf, type Micros } from '../../../domain/model/units.ts'
import { KIND_NUMBERS, nanosOf, STATUS_NUMBERS } from '../encode-traces.ts'
import { hexId } from '../otlp-ids.ts'
import { groupSpans, type ResourceGroup, type ScopeGroup } from '../span-groups.ts'

type Writer = protobuf.Writer

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
const tag = (writer: Writer, field: number, wireType: number): Writer =>
  writer.uint32((field << 3) | wireType)

const message = (writer: Writer, field: number, write: (writer: Writer) => void): void => {
  const inner = tag(writer, field, BYTES).fork()
  write(inner)
  inner.ldelim()
}

const text = (writer: Writer, field: number, value: string | undefined): void => {
  if (value !== undefined && value !== '') tag(writer, field, BYTES).string(value)
}

const id = (writer: Writer, field: number, value: string, digits: 16 | 32): void => {
  const hex = hexId(value, digits)
  const bytes = new Uint8Array(digits / 2)
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  tag(writer, field, BYTES).bytes(bytes)
}

const time = (writer: Writer, field: number, value: Micros): void => {
  const nanos = nanosOf(value)
  tag(writer, field, FIXED64)
    .fixed32(Number(nanos & 0xffff_ffffn))
    .fixed32(Number(nanos >> 32n))
}

/** int64: protobufjs takes 64-bit integers as numbers, exact up to 2^53. */
const anyValue = (writer: Writer, value: AttributeValue): void => {
  if (value === null) return
  if (typeof value === 'string') tag(writer, 1, BYTES).string(value)
  else if (typeof value === 'boolean') tag(writer, 2, VARINT).bool(value)
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) tag(writer, 3, VARINT).int64(value)
    else tag(writer, 4, FIXED64).double(value)
  } else if (Array.isArray(value))
    message(writer, 5, (list) => {
      for (const item of value) message(list, 1, (inner) => anyValue(inner, item))
    })
  else message(writer, 6, (list) => keyValues(list, 1, value as Attributes))
}

const keyValues = (writer: Writer, field: number, attributes: Attributes): void => {
  for (const [key, value] of Object.entries(attributes))
    message(writer, field, (pair) => {
      text(pair, 1, key)
      message(pair, 2, (inner) => anyValue(inner, value))
    })
}

const writeSpan = (writer: Writer, span: Span): void => {
  id(writer, 1, span.traceId, 32)
  id(writer, 2, span.spanId, 16)
  text(writer, 3, span.traceState)
  if (span.parentId !== null) id(writer, 4, span.parentId, 16)
  text(writer, 5, span.name)
  if (span.otelKind !== 'unspecified') tag(writer, 6, VARINT).int32(KIND_NUMBERS[span.otelKind])
  time(writer, 7, span.startTime)
  if (span.duration !== null) time(writer, 8, endOf(span.startTime, span.duration))
  keyValues(writer, 9, span.attributes)
  for (const event of span.events)
    message(writer, 11, (inner) => {
      time(inner, 1, event.time)
      text(inner, 2, event.name)
      keyValues(inner, 3, event.attributes)
    })
  for (const link of span.links)
    message(writer, 13, (inner) => {
      id(inner, 1, link.traceId, 32)
      id(inner, 2, link.spanId, 16)
      keyValues(inner, 4, link.attributes)
    })
  message(writer, 15, (inner) => {
    text(inner, 2, span.status.message)
    if (span.status.code !== 'unset') tag(inner, 3, VARINT).int32(STATUS_NUMBERS[span.status.code])
  })
  if (span.flags !== undefined) tag(writer, 16, FIXED32).fixed32(span.flags)
}

const writeScopeGroup = (writer: Writer, { scope, spans }: ScopeGroup): void => {
  message(writer, 1, (inner) => {
    text(inner, 1, scope.name)
    text(inner, 2, scope.version)
    keyValues(inner, 3, scope.attributes ?? {})
  })
  for (const span of spans) message(writer, 2, (inner) => writeSpan(inner, span))
  text(writer, 3, scope.schemaUrl)
}

const writeResourceGroup = (writer: Writer, { resource, scopes }: ResourceGroup): void => {
  message(writer, 1, (inner) => keyValues(inner, 1, resource))
  for (const group of scopes) message(writer, 2, (inner) => writeScopeGroup(inner, group))
}

/** Spans as an ExportTraceServiceRequest in protobuf. Reading it gives the same spans again. */
export const encodeTracesProtobuf = (spans: readonly Span[]): Uint8Array => {
  const writer = protobuf.Writer.create()
  for (const group of groupSpans(spans)) message(writer, 1, (inner) => writeResourceGroup(inner, group))
  return writer.finish()
}
