import {
  type ChatbotSummary,
  type Measured,
  NO_FACETS,
  type SessionSummary,
  type TraceFacets,
  type TraceRow,
  type TraceSummary,
} from '../domain/model/trace.ts'
import { type DurationMicros, durationMicros, endOf, micros } from '../domain/model/units.ts'
import type { Suggestion } from '../domain/port/trace-source.ts'
import { TEXTS_OF, type TextField } from '../domain/query/filter-values.ts'
import { compareIds } from '../domain/query/order.ts'

/** How many turns a trace stands for: a call holds several; traces of other work are no turns. */
const turnsIn = (summary: TraceSummary): number =>
  summary.kind === 'turn' ? 1 : summary.kind === 'call' ? (summary.turns ?? 1) : 0

const plus = (sum: Measured, value: Measured | undefined): Measured =>
  value === undefined || value === null ? sum : (sum ?? 0) + value

const MOST_SUGGESTIONS = 50

/** Values of a field that begin with or contain the prefix, the most frequent first. */
export function suggestionsOf(
  rows: Iterable<TraceRow>,
  field: TextField,
  prefix: string,
): readonly Suggestion[] {
  const wanted = prefix.toLowerCase()
  const counts = new Map<string, number>()
  for (const row of rows) {
    for (const value of new Set(TEXTS_OF[field](row))) {
      if (value.toLowerCase().includes(wanted)) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareIds(a.value, b.value))
    .slice(0, MOST_SUGGESTIONS)
}

/** Fields that a summary alone tells; the others need the whole trace. */
export const SUMMARY_TEXT_FIELDS: ReadonlySet<string> = new Set<TextField>([
  'chatbot',
  'version',
  'session',
  'participant',
  'status',
  'environment',
  'channel',
  'tag',
  'service',
  'kind',
  'feedback',
  'traceId',
  'error',
])

export const rowOf = (summary: TraceSummary, facets: TraceFacets = NO_FACETS): TraceRow => ({
  summary,
  facets,
})

const distinctBy = <Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

function sessionOf(id: string, summaries: readonly TraceSummary[]): SessionSummary {
  const channels = [...new Set(summaries.flatMap(({ channel }) => channel ?? []))].sort()
  return {
    id,
    chatbots: distinctBy(
      summaries.map(({ chatbot }) => ({ id: chatbot.id, name: chatbot.name })),
      (chatbot) => chatbot.id,
    ),
    participants: distinctBy(
      summaries.flatMap(({ participant }) => participant ?? []),
      (participant) => participant.id,
    ),
    turns: summaries.reduce((sum, summary) => sum + turnsIn(summary), 0),
    errors: summaries.filter(({ status, kind }) => status === 'error' && kind !== 'other').length,
    start: micros(Math.min(...summaries.map(({ startTime }) => startTime))),
    end: micros(Math.max(...summaries.map(({ startTime, duration }) => endOf(startTime, duration)))),
    totalTokens: summaries.reduce<Measured>((sum, { metrics }) => plus(sum, metrics.totalTokens), null),
    cost: summaries.reduce<Measured>((sum, { metrics }) => plus(sum, metrics.cost), null),
    feedback: summaries.flatMap(({ feedback }) => feedback),
    ...(channels.length > 0 && { channels }),
  }
}

/** Sessions that hold a turn, the one with the latest end first; ties by id descending. */
export function sessionsOf(summaries: Iterable<TraceSummary>): readonly SessionSummary[] {
  const groups = new Map<string, TraceSummary[]>()
  for (const summary of summaries) {
    if (summary.session === undefined) continue
    const group = groups.get(summary.session.id)
    if (group === undefined) groups.set(summary.session.id, [summary])
    else group.push(summary)
  }
  return [...groups]
    .map(([id, group]) => sessionOf(id, group))
    .filter(({ turns }) => turns > 0)
    .sort((a, b) => b.end - a.end || compareIds(b.id, a.id))
}

/** The value below which a share of the sorted numbers lies, between neighbours where it falls between them. */
export function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] as number
  const high = sorted[Math.ceil(at)] as number
  return low + (high - low) * (at - Math.floor(at))
}

function chatbotOf(summaries: readonly TraceSummary[]): ChatbotSummary {
  const newest = summaries.reduce((latest, one) => (one.startTime > latest.startTime ? one : latest))
  const durations = summaries
    .filter(({ status }) => status !== 'pending')
    .map(({ duration }) => duration as number)
    .sort((a, b) => a - b)
  const at = (share: number): DurationMicros | null => {
    const value = quantile(durations, share)
    return value === null ? null : durationMicros(value)
  }
  return {
    id: newest.chatbot.id,
    name: newest.chatbot.name,
    versions: [...new Set(summaries.flatMap(({ chatbot }) => chatbot.version ?? []))].sort(compareIds),
    turns: summaries.reduce((sum, summary) => sum + turnsIn(summary), 0),
    errors: summaries.filter(({ status }) => status === 'error').length,
    p50: at(0.5),
    p95: at(0.95),
    totalTokens: summaries.reduce<Measured>((sum, { metrics }) => plus(sum, metrics.totalTokens), null),
    cost: summaries.reduce<Measured>((sum, { metrics }) => plus(sum, metrics.cost), null),
    lastSeen: newest.startTime,
  }
}

/** Chatbots with their turns and calls, the one with most turns first; ties by id descending. */
export function chatbotsOf(summaries: Iterable<TraceSummary>): readonly ChatbotSummary[] {
  const groups = new Map<string, TraceSummary[]>()
  for (const summary of summaries) {
    if (turnsIn(summary) === 0) continue
    const group = groups.get(summary.chatbot.id)
    if (group === undefined) groups.set(summary.chatbot.id, [summary])
    else group.push(summary)
  }
  return [...groups.values()].map(chatbotOf).sort((a, b) => b.turns - a.turns || compareIds(b.id, a.id))
}
