import type { ChatbotSummary, Measured } from '../../../domain/model/trace.ts'
import { durationMicros, type Micros, micros } from '../../../domain/model/units.ts'
import type { CountReply, HistogramReply } from '../../../domain/port/trace-source.ts'
import { histogramSteps } from '../../../domain/query/histogram-steps.ts'
import { compareIds } from '../../../domain/query/order.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import type { Run } from '../engine/connections.ts'
import { predicateOf, statusAt } from '../sql/filters.ts'
import { after } from '../sql/moments.ts'
import { sql } from '../sql/sql.ts'

export const measured = (value: unknown): Measured => (typeof value === 'number' ? value : null)

export async function countTraces(run: Run, query: TraceQuery, now: Micros): Promise<CountReply> {
  const [row] = await run(sql`SELECT count(*) AS n FROM traces WHERE ${await predicateOf(run, query, now)}`)
  return { count: Number(row?.n ?? 0), complete: true }
}

/** The bounds asked for, or those of the matching traces. */
async function stretchOf(run: Run, query: TraceQuery, now: Micros): Promise<[from: number, to: number]> {
  if (query.from !== undefined && query.to !== undefined) return [query.from, query.to]
  const [row] = await run(
    sql`SELECT min(start_time) AS first, max(start_time) AS last FROM traces WHERE ${await predicateOf(run, query, now)}`,
  )
  const from = query.from ?? (typeof row?.first === 'number' ? row.first : 0)
  return [from, query.to ?? (typeof row?.last === 'number' ? after(row.last) : from)]
}

/** Traces over time. `query` is frozen; `buckets` is how many there may be at most. */
export async function histogramOfTraces(
  run: Run,
  query: TraceQuery,
  buckets: number,
  now: Micros,
): Promise<HistogramReply> {
  const [from, to] = await stretchOf(run, query, now)
  const { length, ...steps } = histogramSteps(from, to, buckets)
  const ok = new Array<number>(length).fill(0)
  const error = new Array<number>(length).fill(0)
  const rows = await run(
    sql`SELECT (start_time - ${BigInt(steps.from)}) // ${BigInt(steps.bucket)} AS bucket,
          ${statusAt(now)} = 'error' AS failed, count(*) AS n
        FROM traces WHERE ${await predicateOf(run, query, now)} GROUP BY ALL`,
  )
  for (const row of rows) {
    const index = Number(row.bucket)
    if (index < 0 || index >= length) continue
    const column = row.failed === true ? error : ok
    column[index] = (column[index] ?? 0) + Number(row.n)
  }
  return { ...steps, ok, error, complete: true }
}

/** Chatbots with their turns and calls, the one with most turns first; ties by id descending. */
export async function chatbotsOfTraces(
  run: Run,
  query: TraceQuery,
  now: Micros,
): Promise<readonly ChatbotSummary[]> {
  const rows = await run(
    sql`SELECT chatbot_id AS id, arg_max(chatbot_name, start_time) AS name,
          list(DISTINCT version) FILTER (version IS NOT NULL) AS versions,
          sum(turns)::DOUBLE AS turns, count(*) FILTER (${statusAt(now)} = 'error') AS errors,
          quantile_cont(duration, [0.5, 0.95]) FILTER (${statusAt(now)} <> 'pending') AS quantiles,
          sum(tokens) AS tokens, sum(cost) AS cost, max(start_time) AS last_seen
        FROM traces WHERE turns > 0 AND ${await predicateOf(run, query, now)} GROUP BY chatbot_id`,
  )
  const chatbots = rows.map((row): ChatbotSummary => {
    const [p50, p95] = (row.quantiles ?? []) as readonly number[]
    return {
      id: String(row.id),
      name: String(row.name),
      versions: [...((row.versions ?? []) as string[])].sort(compareIds),
      turns: Number(row.turns),
      errors: Number(row.errors),
      p50: p50 === undefined ? null : durationMicros(p50),
      p95: p95 === undefined ? null : durationMicros(p95),
      totalTokens: measured(row.tokens),
      cost: measured(row.cost),
      lastSeen: micros(Number(row.last_seen)),
    }
  })
  return chatbots.sort((a, b) => b.turns - a.turns || compareIds(b.id, a.id))
}
