import type { AttributeValue } from '../../domain/model/span.ts'

/** An object with any fields. */
export type Shape = { readonly [key: string]: AttributeValue }

export const isShape = (value: AttributeValue | undefined): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
