/** The input is no OTLP export at all: bytes that are no protobuf message, or JSON of another shape. */
export class NotOtlpError extends Error {
  override readonly name = 'NotOtlpError'
}
