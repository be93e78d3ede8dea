import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../../../formats/otlp/guard/otlp-limits.ts'
import type { SenderPace } from './sender-clock.ts'

/** What one request, and all of them together, may take. */
export interface IngestLimits {
  /** Bytes of a body as sent. */
  readonly bodyBytes: number
  /** Bytes of a body once decompressed. */
  readonly decompressedBytes: number
  /** Decompressed bytes of all requests under way; beyond it senders are told to come again. */
  readonly bytesInFlight: number
  /** Of these, what the requests of one connection may hold: no less than one body. */
  readonly bytesPerConnection: number
  /** How slow a body may come. */
  readonly pace: SenderPace
  /** Connections of one port; beyond it those that are idle longest are closed. */
  readonly connections: number
  readonly otlp: OtlpLimits
}

/** How long what is taken in may be, in UTF-16 units. What is longer is cut, and says so. */
export interface TextLimits {
  /** One text. */
  readonly text: number
  /** All texts of one record together: of a turn, an event, a span, a log record. */
  readonly turn: number
}

const MEBIBYTE = 1_048_576

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  bodyBytes: 64 * MEBIBYTE,
  decompressedBytes: 64 * MEBIBYTE,
  bytesInFlight: 256 * MEBIBYTE,
  bytesPerConnection: 64 * MEBIBYTE,
  pace: { bytesPerSecond: 1024, patienceMs: 15_000, longestMs: 300_000 },
  connections: 1000,
  otlp: DEFAULT_OTLP_LIMITS,
}

/** Limits with the default of those that are left out. */
export const textLimits = ({
  text,
  turn,
}: { [Name in keyof TextLimits]?: number | undefined }): TextLimits => ({
  text: text ?? DEFAULT_OTLP_LIMITS.valueSize,
  turn: turn ?? Math.max(text ?? 0, DEFAULT_OTLP_LIMITS.recordSize),
})

export const ingestLimitsOf = ({ text, turn }: TextLimits): IngestLimits => ({
  ...DEFAULT_INGEST_LIMITS,
  otlp: { ...DEFAULT_OTLP_LIMITS, valueSize: text, recordSize: turn },
})
