/** The input holds more parts than one request may: it is refused as a whole. */
export class OverLimitError extends Error {
  override readonly name = 'OverLimitError'
}
