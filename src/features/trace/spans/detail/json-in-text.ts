import type { AttributeValue } from '../../../../domain/model/span.ts'

/** Longer texts are not tried: reading megabytes only to show them is not worth the wait. */
const LONGEST_PARSED = 500_000

/** Text that holds a JSON object or list, as that; anything else as it is. */
export const unpacked = (value: AttributeValue): AttributeValue => {
  if (typeof value !== 'string' || value.length > LONGEST_PARSED || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as AttributeValue
  } catch {
    return value
  }
}
