import { describe, expect, it } from 'vitest'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { generateConversations } from './conversations.ts'
import type { LlmStep, Turn } from './exchange.ts'
import { holdTrace, type TraceReader } from './hold-trace.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 3)
const reader: TraceReader = {
  readSpan: (span) => readSpan(span),
  summarise,
  readMeaning: (span) => readMeaning(span),
}
const all = [...generateConversations({ turns: 500, now: NOW, days: 5 })].map((generated) => ({
  ...generated,
  held: holdTrace(reader, generated.spans, generated.arrival),
}))
const turns = all.flatMap(({ turn, held }) => (turn === undefined ? [] : [{ turn, held }]))

const llmSteps = (turn: Turn): readonly LlmStep[] =>
  turn.steps.filter((step): step is LlmStep => step.kind === 'llm')
const answered = (turn: Turn): readonly LlmStep[] => llmSteps(turn).filter(({ fails }) => fails === undefined)

/** A tool that failed for good, a model that gave no answer, a broken pipeline. */
const failed = (turn: Turn): boolean => {
  const last = new Map<string, boolean>()
  for (const step of turn.steps) {
    if (step.kind === 'retrieval') continue
    const name = step.kind === 'tool' ? step.tool.name : step.kind
    last.set(name, step.fails !== undefined)
  }
  return [...last.values()].some((fails) => fails)
}

/** The oldest bank assistant records no texts and no participant. */
const silent = (turn: Turn): boolean =>
  turn.deployment.chatbot === 'Transfer' && turn.deployment.version === '11'

describe('a generated turn, read by the conventions', () => {
  it('is the chatbot, version, session and participant that it was written from', () => {
    for (const { turn, held } of turns) {
      const { chatbot, session, participant, environment, channel, kind } = held.reading.summary
      expect({ name: chatbot.name, version: chatbot.version, session: session?.id, kind }).toEqual({
        name: turn.deployment.chatbot,
        version: turn.deployment.version,
        session: turn.session,
        kind: 'turn',
      })
      expect({ environment, channel }).toEqual({
        environment: turn.deployment.environment,
        channel: turn.deployment.channel,
      })
      expect(participant?.id).toBe(silent(turn) ? undefined : turn.participant.id)
    }
  })

  it('says what was said', () => {
    for (const { turn, held } of turns) {
      const { input, output } = held.reading
      if (silent(turn)) {
        expect({ input, output, note: held.reading.summary.note }).toEqual({ note: 'text-not-recorded' })
        continue
      }
      expect(input).toBe(turn.line.user)
      if (turn.bot !== null) expect(output).toBe(turn.bot)
    }
  })

  it('has failed where its steps did, and not where they recovered', () => {
    const states = turns.map(({ turn, held }) => [held.reading.summary.status, failed(turn)] as const)
    for (const [status, wanted] of states) expect(status).toBe(wanted ? 'error' : 'ok')
    expect(states.filter(([status]) => status === 'error').length).toBeGreaterThan(12)
    const recovered = all.flatMap(({ held }) =>
      held.reading.outlines.filter(({ state }) => state === 'recovered'),
    )
    expect(recovered.length).toBeGreaterThan(5)
    expect(new Set(recovered.map(({ kind }) => kind))).toEqual(new Set(['tool', 'generation']))
  })

  it('points at the span that failed', () => {
    const causes = turns.flatMap(({ held }) => held.reading.rootCause ?? [])
    expect(causes.length).toBe(turns.filter(({ turn }) => failed(turn)).length)
    const messages = causes.map(({ message }) => message).join('\n')
    expect(messages).toMatch(/Read timed out/)
    expect(messages).toMatch(/429/)
    expect(messages).toMatch(/got no participant id/)
  })

  it('counts model calls, tools, tokens and cost once', () => {
    for (const { turn, held } of turns) {
      const { metrics } = held.reading.summary
      const tools = turn.steps.filter((step) => step.kind === 'tool').length
      if (llmSteps(turn).length === 0) continue
      expect(metrics.toolCalls ?? 0).toBe(tools)
      // Rasa tells the length of the prompt and nothing else.
      if (turn.deployment.chatbot === 'Transfer') continue
      expect(metrics.llmTurns).toBe(llmSteps(turn).length)
      if (answered(turn).length < llmSteps(turn).length) continue
      const sum = (of: (step: LlmStep) => number) =>
        answered(turn).reduce((total, step) => total + of(step), 0)
      expect(metrics.inputTokens).toBe(sum(({ inputTokens }) => inputTokens))
      expect(metrics.outputTokens).toBe(sum(({ outputTokens }) => outputTokens))
      expect(metrics.totalTokens).toBe(sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens))
      expect(metrics.cost).toBeGreaterThan(0)
    }
  })

  it('knows the data before and after, and where they changed', () => {
    for (const { turn, held } of turns) {
      if (silent(turn)) continue
      expect(held.reading.participantData?.before).toEqual(turn.before)
      if (turn.bot !== null) expect(held.reading.participantData?.after).toEqual(turn.after)
      expect(held.reading.facets.changed.length > 0).toBe(
        JSON.stringify(turn.before) !== JSON.stringify(turn.after),
      )
    }
    const changed = new Set(turns.flatMap(({ held }) => held.reading.facets.changed))
    expect(changed.size).toBeGreaterThan(12)
  })

  it('carries tags and feedback', () => {
    const summaries = turns.map(({ held }) => held.reading.summary)
    expect(new Set(summaries.flatMap(({ tags }) => tags)).size).toBeGreaterThan(8)
    expect(summaries.flatMap(({ feedback }) => feedback).length).toBeGreaterThan(5)
  })

  it('has documents where it looked something up', () => {
    const retrievals = turns.flatMap(({ held }) =>
      held.spans
        .filter((span) => readSpan(span).outline.kind === 'retrieval')
        .map((span) => readMeaning(span)),
    )
    expect(retrievals.length).toBeGreaterThan(40)
    for (const { documents, query } of retrievals) {
      expect(documents?.length).toBeGreaterThan(1)
      expect(query).toBeDefined()
    }
  })
})

describe('the other generated traces', () => {
  const kinds = all.map(({ held }) => held.reading.summary.kind)

  it('are calls, training and housekeeping', () => {
    expect(new Set(kinds)).toEqual(new Set(['turn', 'call', 'training', 'housekeeping']))
    const call = all.find(({ held }) => held.reading.summary.kind === 'call')?.held.reading
    expect(call?.callTurns?.length).toBeGreaterThan(3)
    expect(call?.summary.chatbot.name).toBe('Card Line')
  })

  it('one turn is under way', () => {
    const open = all.filter(({ held }) => !held.reading.rootSeen)
    expect(open.map(({ held }) => held.reading.summary.chatbot.name)).toHaveLength(1)
  })
})
