import type { AttributeValue } from '../../../domain/model/span.ts'
import { setKey } from '../guard/value-guard.ts'
import type { FieldReader, ProtobufWire } from './protobuf-wire.ts'

/** Mutable while it is read; typed as the domain's when done. */
export type AttributesInMaking = { [key: string]: AttributeValue }

/** What a double that JSON cannot say stands as. */
const namedDouble = (value: number): number | string =>
  Number.isFinite(value) ? (value === 0 ? 0 : value) : String(value)

interface ValueInMaking {
  value: AttributeValue
  depth: number
}

const arrayValue: FieldReader<{ items: AttributeValue[]; depth: number }> = (tag, wire, target) => {
  if (tag !== 10 || !wire.guard.fits()) return false
  target.items.push(anyValue(wire, target.depth))
  return true
}

const kvlistValue: FieldReader<{ object: AttributesInMaking; depth: number }> = (tag, wire, target) => {
  if (tag !== 10 || !wire.guard.fits()) return false
  const pair = wire.message({ key: '', valueAt: -1 }, nestedKeyValue)
  setKey(target.object, pair.key, pair.valueAt < 0 ? null : valueAt(wire, pair.valueAt, target.depth))
  return true
}

const nestedKeyValue: FieldReader<{ key: string; valueAt: number }> = (tag, wire, target) => {
  if (tag === 10) target.key = wire.text()
  else if (tag === 18) target.valueAt = wire.skipMessage()
  else return false
  return true
}

/** opentelemetry.proto.common.v1.AnyValue: the last of its fields that is set counts. */
const valueFields: FieldReader<ValueInMaking> = (tag, wire, target) => {
  switch (tag) {
    case 10:
      target.value = wire.text()
      return true
    case 16:
      target.value = wire.bool()
      return true
    case 24:
      target.value = wire.int64()
      return true
    case 33:
      target.value = namedDouble(wire.double())
      return true
    case 42:
      if (!wire.guard.isShallow(target.depth + 1)) return false
      target.value = wire.message({ items: [], depth: target.depth + 1 }, arrayValue).items
      return true
    case 50:
      if (!wire.guard.isShallow(target.depth + 1)) return false
      target.value = wire.message({ object: {}, depth: target.depth + 1 }, kvlistValue).object
      return true
    case 58:
      target.value = wire.base64()
      return true
    default:
      return false
  }
}

const anyValue = (wire: ProtobufWire, depth: number): AttributeValue =>
  wire.message<ValueInMaking>({ value: null, depth }, valueFields).value

const valueAt = (wire: ProtobufWire, position: number, depth: number): AttributeValue =>
  wire.messageAt<ValueInMaking>(position, { value: null, depth }, valueFields).value

/** Reads an AnyValue that stands by itself, as a log record's body. */
export const readValue = (wire: ProtobufWire, what: string): AttributeValue => {
  wire.guard.begin(what)
  return anyValue(wire, 0)
}

const keyValue: FieldReader<{ key: string; value: AttributeValue; early: number; keyed: boolean }> = (
  tag,
  wire,
  target,
) => {
  if (tag === 10) {
    target.key = wire.name('an attribute name')
    target.keyed = true
    return true
  }
  if (tag !== 18) return false
  // Senders write the key first; protobuf does not promise it, and problems name the key.
  if (target.keyed) target.value = readValue(wire, `attribute "${target.key}"`)
  else target.early = wire.skipMessage()
  return true
}

/** Reads one KeyValue into the attributes, of equal keys the last counts; false where there are too many. */
export const readAttribute = (wire: ProtobufWire, attributes: AttributesInMaking): boolean => {
  if (!wire.guard.parts.takes('attribute')) return false
  const pair = wire.message({ key: '', value: null as AttributeValue, early: -1, keyed: false }, keyValue)
  if (pair.early >= 0) {
    wire.guard.begin(`attribute "${pair.key}"`)
    pair.value = valueAt(wire, pair.early, 0)
  }
  setKey(attributes, pair.key, pair.value)
  return true
}
