import type { AggregateReply } from '../../domain/aggregate/aggregate-request.ts'

/** One key, and what each of several aggregates says of it. */
export interface MergedRow {
  /** null = the turns that have none. */
  readonly key: string | null
  /** The rest of the key, where it is of two. */
  readonly second: string | null
  /** undefined = that aggregate has no row of the key. */
  readonly values: readonly (number | null | undefined)[]
}

/** The rows of the first aggregate, in its order, beside what the others say of the same keys. */
export function mergedRows(replies: readonly AggregateReply[]): readonly MergedRow[] {
  const [first, ...others] = replies.map(
    ({ rows }) => new Map(rows.map((row) => [JSON.stringify(row.key), row] as const)),
  )
  return [...(first ?? [])].map(([name, { key, value }]) => ({
    key: key[0] ?? null,
    second: key[1] ?? null,
    values: [value, ...others.map((rows) => rows.get(name)?.value)],
  }))
}

/** The one value of an aggregate without dimensions. */
export const soleValue = (reply: AggregateReply | undefined): number | null => reply?.rows[0]?.value ?? null
export const soleCount = (reply: AggregateReply | undefined): number => reply?.rows[0]?.count ?? 0

/** The largest of numbers, at least the given one. */
export const largest = (values: readonly (number | null | undefined)[], least = 0): number =>
  values.reduce<number>((most, value) => Math.max(most, value ?? 0), least)
