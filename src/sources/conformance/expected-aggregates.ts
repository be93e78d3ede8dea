import type { AggregateRequest } from '../../domain/aggregate/aggregate-request.ts'
import type { AggregatedSpan } from '../../domain/aggregate/aggregated-turn.ts'
import type { TraceRow } from '../../domain/model/trace.ts'

/** A turn with its spans, and what an answer must say of them: worked out here by loops of its own. */
export interface Turn {
  readonly row: TraceRow
  readonly spans: readonly AggregatedSpan[]
}

type Key = readonly (string | null)[]
export interface Expected {
  readonly key: Key
  readonly at?: number
  readonly value: number | null
  readonly count: number
}

const OF_SPANS = new Set(['spanDuration', 'selfTime', 'documents'])
const OF_TURNS = new Set(
  'chatbot version session participant status environment channel tag flow service kind feedback error'.split(
    ' ',
  ),
)

function turnTexts(name: string, { summary, facets }: TraceRow): (string | null)[] {
  const said: (string | undefined)[] = []
  if (name === 'chatbot') said.push(summary.chatbot.id)
  if (name === 'version') said.push(summary.chatbot.version)
  if (name === 'session') said.push(summary.session?.id)
  if (name === 'participant') said.push(summary.participant?.id)
  if (name === 'status') said.push(summary.status)
  if (name === 'environment') said.push(summary.environment)
  if (name === 'channel') said.push(summary.channel)
  if (name === 'tag') said.push(...summary.tags)
  if (name === 'flow') said.push(...facets.flows)
  if (name === 'service') said.push(...summary.services)
  if (name === 'kind') said.push(summary.kind)
  if (name === 'error') said.push(summary.error)
  if (name === 'feedback')
    for (const { name: given, value } of summary.feedback) {
      said.push(given)
      if (typeof value === 'string' || typeof value === 'boolean') said.push(String(value))
    }
  const texts = [...new Set(said.filter((one): one is string => one !== undefined))]
  return texts.length === 0 ? [null] : texts
}

function spanTexts(name: string, span: AggregatedSpan): (string | null)[] {
  if (name.startsWith('attr.')) {
    const values = span.attributes(name.slice(5)).flatMap((one) => (Array.isArray(one) ? one : [one]))
    return [...new Set(values.filter((one) => one !== null).map(String))]
  }
  const own =
    name === 'spanName' ? 'name' : name === 'spanKind' ? 'kind' : name === 'spanService' ? 'service' : name
  const value = (span as unknown as Record<string, unknown>)[own]
  return typeof value === 'string' ? [value] : []
}

function turnNumbers(of: string, { summary }: TraceRow): number[] {
  if (of === 'duration') return summary.status === 'pending' ? [] : [summary.duration]
  if (of === 'score') {
    const scores: number[] = []
    for (const { value } of summary.feedback)
      if (typeof value === 'number' && !scores.includes(value)) scores.push(value)
    return scores
  }
  const value = (summary.metrics as Record<string, unknown>)[of]
  return typeof value === 'number' ? [value] : []
}

function spanNumbers(of: string, span: AggregatedSpan): number[] {
  let value: unknown
  if (of === 'spanDuration') value = span.duration
  else if (of === 'selfTime' || of === 'documents' || of === 'cost') value = span[of]
  else value = (span.usage as Record<string, unknown> | undefined)?.[of]
  return typeof value === 'number' ? [value] : []
}

/** What is counted under one key, in one bucket. */
export interface Cell {
  readonly key: Key
  readonly at: number
  all: number
  failed: number
  settled: number
  readonly numbers: number[]
}

/** Every cell of an answer, whatever its measure. */
export function cellsOf(
  turns: readonly Turn[],
  { by, of, over }: Pick<AggregateRequest, 'by' | 'of' | 'over'>,
): readonly Cell[] {
  const cells = new Map<string, Cell>()
  const ofSpans = by.some((name) => !OF_TURNS.has(name)) || (of !== undefined && OF_SPANS.has(of))
  const put = (key: Key, at: number, failed: boolean, pending: boolean, numbers: number[]) => {
    const name = JSON.stringify([key, at])
    const cell: Cell = cells.get(name) ?? { key, at, all: 0, failed: 0, settled: 0, numbers: [] }
    cells.set(name, cell)
    cell.all++
    if (failed) cell.failed++
    if (!pending) cell.settled++
    cell.numbers.push(...numbers)
  }
  for (const { row, spans } of turns) {
    const at = over === undefined ? 0 : row.summary.startTime - (row.summary.startTime % over)
    for (const span of ofSpans ? spans : [undefined]) {
      const texts = by.map((name) =>
        OF_TURNS.has(name) ? turnTexts(name, row) : span ? spanTexts(name, span) : [],
      )
      const [first = [null], second = [null]] = texts
      for (const one of first)
        for (const other of second) {
          const key = [one, other].slice(0, by.length)
          if (span) put(key, at, span.failed, false, of === undefined ? [] : spanNumbers(of, span))
          else {
            const { status } = row.summary
            put(
              key,
              at,
              status === 'error',
              status === 'pending',
              of === undefined ? [] : turnNumbers(of, row),
            )
          }
        }
    }
  }
  return [...cells.values()]
}

/** The value of a cell and how many it stands on. */
export function measuredCell(measure: string, cell: Cell): Pick<Expected, 'value' | 'count'> {
  const { all, failed, settled, numbers } = cell
  if (measure === 'count' || measure === 'errors')
    return { value: all === 0 ? null : measure === 'count' ? all : failed, count: all }
  if (measure === 'errorRate') return { value: settled === 0 ? null : failed / settled, count: settled }
  const count = numbers.length
  if (count === 0) return { value: null, count }
  let sum = 0
  for (const number of numbers) sum += number
  if (measure === 'sum') return { value: sum, count }
  if (measure === 'mean') return { value: sum / count, count }
  numbers.sort((a, b) => a - b)
  const rank = (Number(measure.slice(1)) / 100) * (count - 1)
  const below = Math.floor(rank)
  const low = numbers[below] as number
  const high = numbers[Math.min(below + 1, count - 1)] as number
  return { value: low * (1 - (rank - below)) + high * (rank - below), count }
}
