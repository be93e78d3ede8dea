import { type TraceId, traceId } from '../../src/domain/model/units.ts'
import type { TraceSource } from '../../src/domain/port/trace-source.ts'
import { EVERYTHING } from '../../src/domain/query/trace-query.ts'
import type { Parcel } from './traffic.ts'

/** What was acknowledged of a trace, by id and body, and what was sent and may or may not be there. */
export interface Account {
  readonly spans: Set<string>
  readonly ended: Set<string>
  readonly logs: Set<string>
  turn: boolean
  /** The last life that said something new of it. */
  life: number
}

export type Ledger = Map<string, Account>

/** One line of what the child says: a parcel that was acknowledged. */
export interface Receipt {
  readonly trace: string
  readonly spans?: readonly string[]
  readonly ended?: readonly string[]
  readonly logs?: readonly string[]
  readonly turn?: true
}

export function receiptOf(trace: string, parcel: Parcel): Receipt {
  switch (parcel.kind) {
    case 'turns':
      return { trace, turn: true }
    case 'logs':
      return { trace, logs: parcel.logs.map(({ body }) => String(body)) }
    default: {
      const { spans } = parcel
      const ended = spans.filter(({ duration }) => duration !== null)
      return {
        trace,
        spans: spans.map(({ spanId }) => spanId),
        ended: ended.map(({ spanId }) => spanId),
      }
    }
  }
}

const sizeOf = ({ spans, ended, logs, turn }: Account) => spans.size + ended.size + logs.size + (turn ? 1 : 0)

export function enter(ledger: Ledger, { trace, spans, ended, logs, turn }: Receipt, life: number): void {
  const none = {
    spans: new Set<string>(),
    ended: new Set<string>(),
    logs: new Set<string>(),
    turn: false,
    life,
  }
  const account = ledger.get(trace) ?? none
  const size = sizeOf(account)
  ledger.set(trace, account)
  for (const id of spans ?? []) account.spans.add(id)
  for (const id of ended ?? []) account.ended.add(id)
  for (const body of logs ?? []) account.logs.add(body)
  account.turn ||= turn === true
  // What is sent again is no news, and does not make a trace younger.
  if (sizeOf(account) > size) account.life = life
}

export interface Totals {
  readonly traces: number
  readonly spans: number
  readonly logs: number
  readonly turns: number
}

export function totalsOf(ledger: Ledger): Totals {
  const totals = { traces: ledger.size, spans: 0, logs: 0, turns: 0 }
  for (const { spans, logs, turn } of ledger.values()) {
    totals.spans += spans.size
    totals.logs += logs.size
    if (turn) totals.turns++
  }
  return totals
}

const NEVER = new AbortController().signal
/**
 * What is not as it was acknowledged, one line each. Reads every way that a trace is shown. Of the traces that
 * `mayBeGone` all has to be there, or nothing.
 */
export async function audit(
  source: TraceSource,
  ledger: Ledger,
  mayBeGone: (account: Account) => boolean,
): Promise<string[]> {
  const wrong: string[] = []
  const listed = await listedCounts(source)
  for (const [name, account] of ledger) {
    const id = traceId(name)
    const say = (what: string) => wrong.push(`${name}: ${what}`)
    if (!listed.has(id) && mayBeGone(account)) continue
    // Log records may come before any span does.
    if (account.spans.size === 0 && !account.turn) continue
    const list = await source.getSpans(id, NEVER).catch((error: unknown) => say(`no spans: ${error}`))
    if (typeof list !== 'object') continue
    const states = new Map<string, string>()
    for (const { spanId, state } of list.spans) {
      if (states.has(spanId)) say(`span ${spanId} is there twice`)
      states.set(spanId, state)
    }
    for (const span of account.spans) if (!states.has(span)) say(`span ${span} is lost`)
    for (const span of account.ended) if (states.get(span) === 'running') say(`span ${span} runs again`)
    const stated = listed.get(id)
    if (stated === undefined) say('is not listed')
    else if (stated.length > 1) say(`is listed ${stated.length} times`)
    else if (stated[0] !== states.size) say(`${stated[0]} spans are listed of ${states.size}`)
    await auditRest(source, id, account, say)
  }
  return wrong
}

async function auditRest(
  source: TraceSource,
  id: TraceId,
  account: Account,
  say: (what: string) => void,
): Promise<void> {
  if (account.logs.size > 0) {
    const logs = await source.getLogs?.(id, NEVER)
    const bodies = (logs?.logs ?? []).map(({ body }) => String(body))
    for (const body of account.logs) if (!bodies.includes(body)) say(`log record "${body}" is lost`)
    if (new Set(bodies).size !== bodies.length) say('a log record is there twice')
  }
  if (account.turn) {
    const { input } = await source.getTrace(id, NEVER)
    if (input !== `recorded ${id}`) say('its recorded turn is lost')
  }
  if (account.spans.size > 1_000) {
    let streamed = 0
    for await (const batch of source.streamSpans?.(id, NEVER) ?? []) streamed += batch.length
    if (streamed < account.spans.size) say(`${streamed} of ${account.spans.size} spans are downloaded`)
  }
}

/** Every trace that is listed, with the spans that its row states. */
async function listedCounts(source: TraceSource): Promise<Map<TraceId, number[]>> {
  const counts = new Map<TraceId, number[]>()
  for await (const batch of source.streamTraces?.(EVERYTHING, NEVER) ?? []) {
    for (const { traceId: id, spanCount = 0 } of batch) {
      counts.set(id, [...(counts.get(id) ?? []), spanCount])
    }
  }
  return counts
}
