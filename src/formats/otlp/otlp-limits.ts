/** How much of one export request is read. What lies beyond is cut or rejected, and said. */
export interface OtlpLimits {
  /** The size of one attribute's value, names and nested values included, in characters (8 for each number). */
  readonly valueSize: number
  /** A name (of a span, an event, a scope, an attribute), in characters. */
  readonly nameSize: number
  /** How deep arrays and objects may stand within each other. */
  readonly valueDepth: number
  /** Spans, or log records, of one request. */
  readonly records: number
}

export const DEFAULT_OTLP_LIMITS: OtlpLimits = {
  valueSize: 1_048_576,
  nameSize: 1000,
  valueDepth: 64,
  records: 100_000,
}
