import protobuf from 'protobufjs/minimal.js'
import { type Micros, micros } from '../../../domain/model/units.ts'
import { NotOtlpError } from '../guard/not-otlp.ts'
import type { OtlpLimits } from '../guard/otlp-limits.ts'
import { OverLimitError } from '../guard/over-limit.ts'
import { ValueGuard } from '../guard/value-guard.ts'

/** Reads one field of a message into `target`; false = the field is not known and is skipped. */
export type FieldReader<Target> = (tag: number, wire: ProtobufWire, target: Target) => boolean

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const strictDecoder = new TextDecoder('utf-8', { fatal: true })

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    strictDecoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** The wire types of a group's begin and end, which OTLP has never had. */
const GROUP_BEGIN = 3
const GROUP_END = 4

/** What the reader throws means malformed bytes; any other error is ours. */
const malformed = (error: unknown): unknown =>
  error instanceof RangeError || (error instanceof Error && error.constructor === Error)
    ? new NotOtlpError(`malformed protobuf: ${error.message}`, { cause: error })
    : error

/**
 * protobufjs's reader with what OTLP needs on top: messages that may not overrun their length, times in
 * microseconds, ids in hex, texts made safe. Errors of the reader mean malformed bytes.
 */
export class ProtobufWire {
  readonly guard: ValueGuard
  private readonly reader: protobuf.Reader
  private readonly mostFields: number
  private fieldsRead = 0

  constructor(bytes: Uint8Array, limits: OtlpLimits) {
    // Node's own Buffer decodes text in native code; elsewhere protobufjs does it.
    const native = protobuf.util.Buffer as typeof Buffer | null
    const input = native ? native.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes
    this.reader = protobuf.Reader.create(input)
    this.guard = new ValueGuard(limits)
    this.mostFields = limits.fields
  }

  get position(): number {
    return this.reader.pos
  }

  /** Reads the message that fills the bytes. */
  whole<Target>(target: Target, field: FieldReader<Target>): Target {
    try {
      return this.fields(target, field, this.reader.len)
    } catch (error) {
      throw malformed(error)
    }
  }

  /** Reads a message by its position, after the whole was passed over. */
  record<Target>(position: number, target: Target, field: FieldReader<Target>): Target {
    try {
      return this.messageAt(position, target, field)
    } catch (error) {
      throw malformed(error)
    }
  }

  /** Reads a message within the message. */
  message<Target>(target: Target, field: FieldReader<Target>): Target {
    const size = this.reader.size()
    return this.fields(target, field, this.reader.pos + size)
  }

  /** Reads a message that stood before, at a position of `skipMessage`. */
  messageAt<Target>(position: number, target: Target, field: FieldReader<Target>): Target {
    const after = this.reader.pos
    this.reader.pos = position
    this.message(target, field)
    this.reader.pos = after
    return target
  }

  /** Passes over a message and says where it stands, for one that needs what may follow it. */
  skipMessage(): number {
    const position = this.reader.pos
    this.reader.skipType(2)
    return position
  }

  /** A whole text, counted against the value begun. */
  text(): string {
    return this.guard.value(this.decoded())
  }

  /** A text of its own, named in a problem. */
  namedText(what: string): string {
    return this.guard.text(this.decoded(what), what)
  }

  /** A name of something. */
  name(what: string): string {
    return this.guard.name(this.decoded(what), what)
  }

  hex(): string {
    const bytes = this.reader.bytes()
    let hex = ''
    for (let index = 0; index < bytes.length && index < 64; index++) hex += HEX[bytes[index] as number]
    return hex
  }

  base64(): string {
    const bytes = this.reader.bytes()
    return protobuf.util.base64.encode(bytes, 0, this.guard.bytesThatFit(bytes.length))
  }

  /** fixed64 nanoseconds as microseconds, rounded down, exact up to 2^53. */
  nanos(): Micros {
    const low = this.reader.fixed32()
    const high = this.reader.fixed32()
    const rest = (high % 1000) * 4_294_967_296 + low
    return micros(Math.floor(high / 1000) * 4_294_967_296 + Math.floor(rest / 1000))
  }

  /** int64: a number, or a decimal text beyond 2^53. */
  int64(): number | string {
    const value = this.reader.int64() as unknown as number | { toNumber(): number; toString(): string }
    if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value)
    const rounded = value.toNumber()
    return Number.isSafeInteger(rounded) ? rounded : value.toString()
  }

  double(): number {
    return this.reader.double()
  }

  bool(): boolean {
    return this.reader.bool()
  }

  uint32(): number {
    return this.reader.uint32()
  }

  int32(): number {
    return this.reader.int32()
  }

  fixed32(): number {
    return this.reader.fixed32()
  }

  private tooMany(): OverLimitError {
    return new OverLimitError(`more than ${this.mostFields.toLocaleString('en-US')} fields in one request`)
  }

  private skip(wireType: number): void {
    // The reader would skip all that a group holds in one go, uncounted.
    if (wireType === GROUP_BEGIN || wireType === GROUP_END) throw new RangeError('a group')
    this.reader.skipType(wireType)
  }

  private decoded(what?: string): string {
    const { reader } = this
    const start = reader.pos
    const text = reader.string()
    if (!text.includes('\ufffd')) return text
    reader.pos = start
    if (!isUtf8(reader.bytes()))
      this.guard.problems.add(`${what ?? 'a value'} held bytes that are no UTF-8, shown as \ufffd`)
    return text
  }

  private fields<Target>(target: Target, field: FieldReader<Target>, end: number): Target {
    const { reader } = this
    if (end > reader.len) throw new RangeError(`a message of ${end - reader.pos} bytes overruns the input`)
    while (reader.pos < end) {
      const tag = reader.tag()
      if (tag < 8) throw new RangeError('field number 0')
      this.fieldsRead += 1
      if (this.fieldsRead > this.mostFields) throw this.tooMany()
      if (!field(tag, this, target)) this.skip(tag & 7)
    }
    if (reader.pos !== end) throw new RangeError('a field overruns its message')
    return target
  }
}
