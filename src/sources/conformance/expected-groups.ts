import type { TraceRow } from '../../domain/model/trace.ts'

/** What a session or a chatbot must add up to: worked out here from the rows alone, by loops of its own. */
export interface ExpectedGroup {
  readonly id: string
  turns: number
  errors: number
  first: number
  last: number
  end: number
  tokens: number | null
  cost: number | null
  feedback: number
  readonly participants: Set<string>
  readonly chatbots: Set<string>
  readonly versions: Set<string>
  /** Of traces that have ended, µs. */
  readonly durations: number[]
}

const added = (sum: number | null, value: number | null | undefined): number | null =>
  typeof value === 'number' ? (sum ?? 0) + value : sum

function groupsBy(rows: readonly TraceRow[], keyOf: (row: TraceRow) => string | undefined): ExpectedGroup[] {
  const groups = new Map<string, ExpectedGroup>()
  for (const row of rows) {
    const { summary } = row
    const id = keyOf(row)
    if (id === undefined) continue
    const group: ExpectedGroup = groups.get(id) ?? {
      id,
      turns: 0,
      errors: 0,
      first: Number.POSITIVE_INFINITY,
      last: Number.NEGATIVE_INFINITY,
      end: Number.NEGATIVE_INFINITY,
      tokens: null,
      cost: null,
      feedback: 0,
      participants: new Set(),
      chatbots: new Set(),
      versions: new Set(),
      durations: [],
    }
    groups.set(id, group)
    if (summary.kind === 'turn') group.turns += 1
    if (summary.kind === 'call') group.turns += summary.turns ?? 1
    if (summary.status === 'error' && summary.kind !== 'other') group.errors += 1
    group.first = Math.min(group.first, summary.startTime)
    group.last = Math.max(group.last, summary.startTime)
    group.end = Math.max(group.end, summary.startTime + summary.duration)
    group.tokens = added(group.tokens, summary.metrics.totalTokens)
    group.cost = added(group.cost, summary.metrics.cost)
    group.feedback += summary.feedback.length
    if (summary.participant) group.participants.add(summary.participant.id)
    group.chatbots.add(summary.chatbot.id)
    if (summary.chatbot.version !== undefined) group.versions.add(summary.chatbot.version)
    if (summary.status !== 'pending') group.durations.push(summary.duration)
  }
  return [...groups.values()].filter(({ turns }) => turns > 0)
}

/** Sessions that hold a turn, the latest end first. */
export const expectedSessions = (rows: readonly TraceRow[]): readonly ExpectedGroup[] =>
  groupsBy(rows, ({ summary }) => summary.session?.id).sort((a, b) => b.end - a.end || (a.id < b.id ? 1 : -1))

/** Chatbots that had a turn. Traces of other work are none of theirs. */
export const expectedChatbots = (rows: readonly TraceRow[]): readonly ExpectedGroup[] =>
  groupsBy(rows, ({ summary }) =>
    summary.kind === 'turn' || summary.kind === 'call' ? summary.chatbot.id : undefined,
  )

/** The least and the most that may stand for a share of the numbers: its neighbours in their order. */
export function neighboursAt(numbers: readonly number[], share: number): readonly [number, number] | null {
  if (numbers.length === 0) return null
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  return [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number]
}
