import { SourceError } from '../port/source-error.ts'
import { compareIds } from '../query/order.ts'
import {
  type AggregateKey,
  type AggregateReply,
  type AggregateRequest,
  type AggregateRow,
  MOST_ROWS,
} from './aggregate-request.ts'

/** Turns or spans of one key, of one bucket where there are some. */
export type Group = AggregateRow

function compareKeys(a: AggregateKey, b: AggregateKey): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? null
    if (left === right) continue
    if (left === null) return 1
    return right === null ? -1 : compareIds(left, right)
  }
  return 0
}

/** The largest value first, unknown last; ties by key, none last. */
const compareGroups = (a: Group, b: Group): number =>
  (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY) || compareKeys(a.key, b.key)

/** In the order in which rows are given: by bucket first. */
export const inRowOrder = (rows: readonly Group[]): readonly Group[] =>
  [...rows].sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || compareGroups(a, b))

/** Refuses more rows than are given at once. */
export function checkRows(count: number): void {
  if (count <= MOST_ROWS) return
  throw new SourceError(
    'bad-request',
    `over: more than ${MOST_ROWS} rows; ask for longer steps or fewer keys`,
  )
}

/**
 * The rows of an answer out of the groups of all keys.
 * @param totals one group a key, over all time
 * @param rest gives the groups by bucket of some keys (each as JSON), and all that is beyond them as one
 */
export function arrangeGroups(
  { top, over }: AggregateRequest,
  totals: readonly Group[],
  rest: {
    readonly within: (keys: ReadonlySet<string>) => readonly Group[]
    readonly beyond: (keys: ReadonlySet<string>) => Group
  },
): Omit<AggregateReply, 'complete'> {
  const ranked = [...totals].sort(compareGroups)
  const chosen = ranked.slice(0, top)
  const keys = new Set(chosen.map(({ key }) => JSON.stringify(key)))
  const rows =
    over === undefined ? chosen.map(({ key, value, count }) => ({ key, value, count })) : rest.within(keys)
  checkRows(rows.length)
  if (ranked.length <= top) return { rows: inRowOrder(rows) }
  const { value, count } = rest.beyond(keys)
  return { rows: inRowOrder(rows), others: { value, count } }
}
