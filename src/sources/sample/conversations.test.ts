import { describe, expect, it } from 'vitest'
import { generateConversations } from './conversations.ts'
import { Random } from './random.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 3)
const generate = (turns: number, seed = 20) => [...generateConversations({ turns, seed, now: NOW })]

describe('Random', () => {
  it('gives the same numbers everywhere', () => {
    const random = new Random(20, 1)
    expect([random.bits(), random.bits(), random.bits()]).toEqual([1242805270, 4293331901, 521572311])
  })

  it('differs by seed and by stream', () => {
    const first = new Random(1).hex(16)
    expect(new Random(2).hex(16)).not.toBe(first)
    expect(new Random(1, 1).hex(16)).not.toBe(first)
  })

  it('keeps its bounds', () => {
    const random = new Random(7)
    const drawn = Array.from({ length: 2000 }, () => random.int(3, 5))
    expect(new Set(drawn)).toEqual(new Set([3, 4, 5]))
    expect(random.some([1, 2, 3, 4], 2)).toHaveLength(2)
  })
})

describe('generateConversations', () => {
  const all = generate(300)

  it('gives the same spans for the same seed, others for another', () => {
    expect(generate(300).map(({ spans }) => spans)).toEqual(all.map(({ spans }) => spans))
    expect(JSON.stringify(generate(300, 21))).not.toBe(JSON.stringify(all))
  })

  it('gives as many turns as asked for, one call and one turn under way among them', () => {
    const roots = all.map(({ spans }) => spans.find((span) => span.parentId === null)?.name)
    const turns = all.filter(({ turn }) => turn !== undefined)
    const calls = roots.filter((name) => name === 'voice call')
    const rootless = roots.filter((name) => name === undefined)
    expect(turns.length + calls.length + rootless.length).toBe(300)
    expect([calls.length, rootless.length]).toEqual([1, 1])
    expect(roots).toContain('GraphTrainer.train')
    expect(roots).toContain('MessageProcessor.get_tracker')
  })

  it('ends before now, in order of time but for the last hour', () => {
    const starts = all.map(({ spans }) => Math.min(...spans.map((span) => span.startTime)))
    expect(Math.max(...all.map(({ arrival }) => arrival))).toBeLessThanOrEqual(NOW * 1000)
    const early = starts.filter((start) => start < (NOW - 3_600_000) * 1000)
    expect(early).toEqual([...early].sort((a, b) => a - b))
  })

  it('writes whole trees: ids once, parents known, children inside of their parents', () => {
    for (const { spans } of all) {
      const known = new Map(spans.map((span) => [span.spanId, span]))
      expect(known.size).toBe(spans.length)
      for (const span of spans) {
        const parent = span.parentId === null ? undefined : known.get(span.parentId)
        if (parent === undefined) continue
        expect(span.startTime).toBeGreaterThanOrEqual(parent.startTime)
        expect(span.startTime + (span.duration ?? 0)).toBeLessThanOrEqual(
          parent.startTime + (parent.duration ?? 0),
        )
      }
    }
  })

  it('is varied: chatbots, versions, languages, session lengths, mishaps, data that changes', () => {
    const turns = all.flatMap(({ turn }) => turn ?? [])
    const distinct = (values: readonly string[]) => new Set(values).size
    expect(distinct(turns.map((turn) => turn.deployment.chatbot))).toBe(4)
    expect(
      distinct(turns.map((turn) => `${turn.deployment.chatbot} ${turn.deployment.version}`)),
    ).toBeGreaterThan(7)
    expect(distinct(turns.map((turn) => turn.language))).toBeGreaterThan(4)
    expect(distinct(turns.map((turn) => turn.line.user))).toBeGreaterThan(110)
    const lengths = new Map<string, number>()
    for (const turn of turns) lengths.set(turn.session, (lengths.get(turn.session) ?? 0) + 1)
    expect(Math.max(...lengths.values())).toBeGreaterThan(9)
    expect(Math.max(...lengths.values())).toBeLessThanOrEqual(20)
    expect(turns.filter((turn) => turn.bot === null).length).toBeGreaterThan(2)
    expect(turns.filter((turn) => turn.before !== turn.after).length).toBeGreaterThan(40)
    expect(turns.some((turn) => JSON.stringify(turn.after).length > 500)).toBe(true)
  })
})
