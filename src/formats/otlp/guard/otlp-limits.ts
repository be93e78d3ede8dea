/** How much of one export request is read. What lies beyond is cut or rejected, and said. */
export interface OtlpLimits {
  /** The size of one attribute's value, names and nested values included, in characters (8 for each number). */
  readonly valueSize: number
  /** All values of one record together, as `valueSize` counts them. */
  readonly recordSize: number
  /** A name (of a span, an event, a scope, an attribute), in characters. */
  readonly nameSize: number
  /** How deep arrays and objects may stand within each other. */
  readonly valueDepth: number
  /** Spans, or log records, of one request. */
  readonly records: number
  /** Events, or links, of one span. */
  readonly listed: number
  /** Attributes, events, links and items of lists, of one span or log record together. */
  readonly partsOfRecord: number
  /** The same of one request; more of them refuse it. */
  readonly parts: number
  /** Parts of one request that may be left out for these limits; more of them refuse it. */
  readonly leftOut: number
  /** Resources and scopes of one request; more of them refuse it. */
  readonly groups: number
  /** Protobuf's fields of one request, at any depth; more of them refuse it. */
  readonly fields: number
}

export const DEFAULT_OTLP_LIMITS: OtlpLimits = {
  valueSize: 8 * 1_048_576,
  recordSize: 48 * 1_048_576,
  nameSize: 1000,
  valueDepth: 64,
  records: 100_000,
  listed: 10_000,
  partsOfRecord: 250_000,
  parts: 3_000_000,
  leftOut: 1_000_000,
  groups: 100_000,
  fields: 10_000_000,
}
