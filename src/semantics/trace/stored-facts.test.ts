import { expect, it } from 'vitest'
import type { SpanFacts, SpanReading } from '../reading.ts'
import { readSpan } from '../span/read-span.ts'
import { fixtureTraces } from '../testing/fixture-traces.ts'
import { upgraded } from './stored-facts.ts'
import { summarise } from './summarise.ts'

const OLD_NAMES: Readonly<Record<string, string>> = {
  called: 'made',
  hidesCalls: 'hiddenCalls',
  unnamedTool: 'bare',
  estimated: 'promptOnly',
  setUp: 'setUp',
  callsOnly: 'callsOnly',
  entry: 'entry',
  remoteParent: 'remoteParent',
}

/** A reading as it was stored while what one convention knows stood in a bag without names. */
function asStoredBefore({ outline, facts }: SpanReading): SpanReading {
  const { convention, voice, ...others } = facts
  const extra: Record<string, unknown> = { ...(convention && { rasa: true }), ...voice }
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(others)) {
    const old = OLD_NAMES[name]
    if (old === undefined) kept[name] = value
    else extra[old] = value
  }
  kept.chatbot ??= { rank: 7, value: outline.service }
  return { outline, facts: { ...kept, ...(Object.keys(extra).length > 0 && { extra }) } as SpanFacts }
}

it('reads what an earlier version stored as it reads its own', () => {
  let bags = 0
  for (const { name, spans } of fixtureTraces()) {
    const readings = spans.map((span) => readSpan(span))
    const stored = readings.map(asStoredBefore)
    bags += stored.filter(({ facts }) => 'extra' in facts).length
    expect(stored.map(upgraded), name).toEqual(readings)
    const { traceId } = spans[0] as (typeof spans)[number]
    expect(summarise(stored, { traceId }), name).toEqual(summarise(readings, { traceId }))
  }
  expect(bags).toBeGreaterThan(500)
})

it('leaves a reading of its own as it is', () => {
  for (const { spans } of fixtureTraces())
    for (const span of spans) {
      const reading = readSpan(span)
      expect(upgraded(reading)).toBe(reading)
    }
})
