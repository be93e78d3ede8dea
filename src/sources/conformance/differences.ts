import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Trace } from '../../domain/model/trace.ts'
import { microsFromMillis } from '../../domain/model/units.ts'
import { type HeldTrace, traceOfHeld } from '../sample/held-rows.ts'
import { ALL, comparable, expectedRows, never, type Subject, walkAll } from './harness.ts'
import { isDeclared, type Loss, type Part } from './losses.ts'

/** One of the four calls that every source answers. */
export type Call = 'listTraces' | 'getTrace' | 'getSpans' | 'getSpan'
export const CALLS: readonly Call[] = ['listTraces', 'getTrace', 'getSpans', 'getSpan']

/** What a source gives of a part of a trace, and what there was. */
interface Pair {
  readonly part: Part
  readonly given: object
  readonly wanted: object
}

/** A property that came back other than it was, with the first value of both. */
export type Differences = ReadonlyMap<Loss, { readonly given: unknown; readonly wanted: unknown }>

/** A trace but for where its spans are, which is the source's own affair. */
const withoutSource = ({ spans: _, ...trace }: Trace): object => comparable(trace as Trace)

type Pairs = AsyncGenerator<Pair>

/** Summaries of a whole listing, each beside the trace's own. */
async function* listed(subject: Subject, traces: readonly HeldTrace[]): Pairs {
  const found = new Map((await walkAll(subject.source, ALL)).map((one) => [one.traceId, one]))
  for (const { summary } of expectedRows(subject, ALL, traces)) {
    const given = found.get(summary.traceId)
    yield { part: 'summary', given: given ? comparable(given) : {}, wanted: comparable(summary) }
  }
}

async function* whole(subject: Subject, traces: readonly HeldTrace[]): Pairs {
  const now = microsFromMillis(subject.now())
  for (const held of traces) {
    const given = await subject.source.getTrace(held.traceId, never())
    const wanted = traceOfHeld(held, subject.source.info.id, now)
    yield { part: 'trace', given: withoutSource(given), wanted: withoutSource(wanted) }
  }
}

async function* outlined(subject: Subject, traces: readonly HeldTrace[]): Pairs {
  for (const held of traces) {
    const { spans } = await subject.source.getSpans(held.traceId, never())
    const found = new Map(spans.map((outline) => [outline.spanId, outline]))
    for (const wanted of held.reading.outlines)
      yield { part: 'outline', given: found.get(wanted.spanId) ?? {}, wanted }
  }
}

async function* detailed(subject: Subject, traces: readonly HeldTrace[]): Pairs {
  for (const held of traces) {
    const judged = new Map(held.reading.outlines.map((outline) => [outline.spanId, outline]))
    for (const span of held.spans) {
      const given = await subject.source.getSpan(held.traceId, span.spanId, never())
      yield { part: 'outline', given: given.outline, wanted: judged.get(span.spanId) ?? {} }
      yield { part: 'span', given: given.span, wanted: span }
      yield { part: 'meaning', given: given.meaning, wanted: held.detail(span).meaning }
    }
  }
}

const PAIRS: Readonly<Record<Call, (subject: Subject, traces: readonly HeldTrace[]) => Pairs>> = {
  listTraces: listed,
  getTrace: whole,
  getSpans: outlined,
  getSpan: detailed,
}

const withoutAbsent = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutAbsent)
  if (typeof value !== 'object' || value === null) return value
  const there = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(there.map(([key, each]) => [key, withoutAbsent(each)]))
}

/** Absent and undefined are the same. Not by vitest's own comparison, which words each difference. */
const isEqual = (given: unknown, wanted: unknown): boolean =>
  isDeepStrictEqual(given, wanted) || isDeepStrictEqual(withoutAbsent(given), withoutAbsent(wanted))

const valueAt = (value: object, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key]

/** Every property that a call gives other than it was, of some traces. */
export async function differencesOf(
  subject: Subject,
  call: Call,
  traces: readonly HeldTrace[],
): Promise<Differences> {
  const found = new Map<Loss, { readonly given: unknown; readonly wanted: unknown }>()
  for await (const { part, given, wanted } of PAIRS[call](subject, traces)) {
    if (isEqual(given, wanted)) continue
    for (const key of new Set([...Object.keys(given), ...Object.keys(wanted)])) {
      const values = { given: valueAt(given, key), wanted: valueAt(wanted, key) }
      const loss = `${part}.${key}` as Loss
      if (!found.has(loss) && !isEqual(values.given, values.wanted)) found.set(loss, values)
    }
  }
  return found
}

/** The properties that the traces have a value of, by the part that a call gives. */
export async function propertiesOf(
  subject: Subject,
  call: Call,
  traces: readonly HeldTrace[],
): Promise<ReadonlySet<Loss>> {
  const found = new Set<Loss>()
  for await (const { part, wanted } of PAIRS[call](subject, traces))
    for (const [key, value] of Object.entries(wanted))
      if (value !== undefined) found.add(`${part}.${key}` as Loss)
  return found
}

/** Fails with each property that came back other than it was and is not declared lost. */
export async function expectKept(subject: Subject, call: Call, traces: readonly HeldTrace[]): Promise<void> {
  expect(traces.length).toBeGreaterThan(0)
  const differences = await differencesOf(subject, call, traces)
  const undeclared = [...differences].filter(([loss]) => !isDeclared(loss, subject.harness.losses ?? {}))
  expect(Object.fromEntries(undeclared), `what ${call} gives other than it was`).toEqual({})
}
