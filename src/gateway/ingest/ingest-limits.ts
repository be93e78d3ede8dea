import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../../formats/otlp/otlp-limits.ts'

/** What one request, and all of them together, may take. */
export interface IngestLimits {
  /** Bytes of a body as sent. */
  readonly bodyBytes: number
  /** Bytes of a body once decompressed. */
  readonly decompressedBytes: number
  /** Decompressed bytes of all requests under way; beyond it senders are told to come again. */
  readonly bytesInFlight: number
  readonly otlp: OtlpLimits
}

const MEBIBYTE = 1_048_576

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  bodyBytes: 64 * MEBIBYTE,
  decompressedBytes: 64 * MEBIBYTE,
  bytesInFlight: 256 * MEBIBYTE,
  otlp: DEFAULT_OTLP_LIMITS,
}
