/** Nominal types for the numbers and ids that must not be mixed up. They cost nothing at run time. */
declare const unit: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [unit]: Name }

/** A moment: integer microseconds since the Unix epoch (UTC). */
export type Micros = Branded<number, 'Micros'>
/** A length of time: integer microseconds. */
export type DurationMicros = Branded<number, 'DurationMicros'>
/** Names a trace: 1 to 200 printable characters; 32 lower-case hex digits where it came by OTLP. */
export type TraceId = Branded<string, 'TraceId'>
/** Names a span within its trace: 1 to 200 printable characters; 16 lower-case hex digits where it came by OTLP. */
export type SpanId = Branded<string, 'SpanId'>

export const micros = (value: number): Micros => Math.round(value) as Micros
export const durationMicros = (value: number): DurationMicros => Math.round(value) as DurationMicros
export const traceId = (value: string): TraceId => value as TraceId
export const spanId = (value: string): SpanId => value as SpanId

/**
 * 2255-06-05T23:47:34.740991Z: the last moment that a number tells to the microsecond. What is recorded lies
 * between 1970 and then, and lasts no longer.
 */
const LATEST: Micros = Number.MAX_SAFE_INTEGER as Micros

/** Whether a number of microseconds since 1970 is a moment that can be kept. */
export const isKeepableTime = (value: number): boolean => value >= 0 && value <= LATEST

/** The largest count, price or score that is kept or asked for, either way from zero. */
export const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER

/** Milliseconds since the epoch (JavaScript's clock) as microseconds. */
export const microsFromMillis = (millis: number): Micros => micros(millis * 1000)

/** The end of a stretch of time. */
export const endOf = (startTime: Micros, duration: DurationMicros): Micros => (startTime + duration) as Micros
/** The length from one moment to a later one; negative where the clock went backwards. */
export const between = (from: Micros, to: Micros): DurationMicros => (to - from) as DurationMicros

const PRINTABLE_ID = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,200}$/u
/** Whether a text may name a trace, span or session: 1 to 200 printable characters. */
export const isPrintableId = (text: string): boolean => PRINTABLE_ID.test(text)
