import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TraceId } from '../../src/domain/model/units.ts'
import type { TraceSource } from '../../src/domain/port/trace-source.ts'
import { EVERYTHING, type FilterCondition } from '../../src/domain/query/trace-query.ts'
import { everyTrace } from '../../src/sources/every-trace.ts'
import { type RunningJaeger, startJaeger } from './jaeger-process.ts'
import { type CountedSource, SUBJECTS, sourceOver, spansOf } from './jaeger-subject.ts'
import { type DrawnTurn, drawTurns, inTableOrder, lateSpan } from './many-turns.ts'

const never = new AbortController().signal
const TURNS = 20_000
const IN_ONE_MILLISECOND = 2_000
const MINUTE = 60e6
const NOW = Date.now() * 1000

/** What one walk of one search may cost. */
const MOST_CALLS = 3 * (TURNS / 1_500) + 50

const drawn = drawTurns({
  turns: TURNS,
  until: NOW - 15 * MINUTE,
  seed: 20,
  largestBurst: IN_ONE_MILLISECOND,
})

/** Page after page; `between` runs after each. */
async function page(
  source: Pick<TraceSource, 'listTraces'>,
  limit: number,
  conditions: readonly FilterCondition[] = [],
  between: (page: number) => Promise<void> = async () => {},
) {
  const ids: TraceId[] = []
  const problems = new Set<string>()
  let cursor: string | undefined
  let pages = 0
  do {
    const found = await source.listTraces(
      { ...EVERYTHING, conditions },
      { limit, ...(cursor !== undefined && { cursor }) },
      never,
    )
    ids.push(...found.items.map(({ traceId }) => traceId))
    for (const problem of found.problems ?? []) problems.add(problem)
    cursor = found.nextCursor
    await between(pages++)
    if (pages > TURNS) throw new Error('it goes round in circles')
  } while (cursor !== undefined)
  return { ids, problems: [...problems], pages }
}

describe.each(SUBJECTS)('20,000 turns in Jaeger on %s, read in the dialect %s', (storage, dialect) => {
  let jaeger: RunningJaeger
  beforeAll(async () => {
    jaeger = await startJaeger(storage)
    // Children long before or after their roots, newest traces first here and there.
    const [early, late] = [drawn.filter((_, at) => at % 3 > 0), drawn.filter((_, at) => at % 3 === 0)]
    await jaeger.sendSpans(spansOf(late).filter(({ parentId }) => parentId !== null))
    await jaeger.sendSpans(spansOf(early.toReversed()))
    await jaeger.sendSpans(spansOf(late).filter(({ parentId }) => parentId === null))
  })
  afterAll(() => jaeger?.stop())
  const open = (): CountedSource => sourceOver(jaeger.address, dialect)

  it('are all in an export, each once, in order, in few calls', async () => {
    const { source, calls } = open()
    const ids: TraceId[] = []
    for await (const batch of everyTrace(source, EVERYTHING, never))
      ids.push(...batch.map(({ traceId }) => traceId))
    console.log(`${storage}, ${dialect}: an export of ${ids.length} turns took ${calls()} calls`)
    expect(ids).toEqual(inTableOrder(drawn))
    expect(calls()).toBeLessThanOrEqual(MOST_CALLS)
  })

  it('are all in the table, each once, in order, whatever arrives meanwhile', async () => {
    const { source, calls } = open()
    const fresh = drawTurns({ turns: 60, until: NOW - 2 * MINUTE, seed: 21, largestBurst: 60 })
    const arriving: readonly DrawnTurn[] = fresh.map((turn, at) => ({
      ...turn,
      start: NOW - MINUTE + at,
      spans: turn.spans.map((span) => ({ ...span, startTime: (NOW - MINUTE + at) as typeof span.startTime })),
    }))
    const found = await page(source, 50, [], async (at) => {
      // New turns above what is shown, and late spans of turns that were shown already or will be.
      const more = arriving.slice(at, at + 1)
      const belated = at % 10 === 0 ? drawn.filter((_, index) => index % 400 === at / 10) : []
      await jaeger.sendSpans([...spansOf(more), ...belated.map(lateSpan)])
    })
    console.log(
      `${storage}, ${dialect}: ${found.pages} pages of 50 took ${calls()} calls, ${found.problems.length} marks`,
    )
    expect(found.ids.length).toBe(new Set(found.ids).size)
    expect(found.ids).toEqual(inTableOrder(drawn))
    expect(found.problems).toEqual([])
  })

  it('say where more began within a millisecond than are ever asked for', async () => {
    const { source } = sourceOver(jaeger.address, dialect, { depth: { usual: 500, most: 1_000 } })
    const found = await page(source, 1_000)
    expect(found.problems).toEqual([
      expect.stringMatching(/^more than 1000 traces began within a millisecond at 20/),
    ])
    const shown = new Set(found.ids)
    expect(found.ids.length).toBe(shown.size)
    const own = inTableOrder(drawn)
    const known = new Set(own)
    // Order and completeness hold for all but the burst.
    expect(found.ids.filter((id) => known.has(id))).toEqual(own.filter((id) => shown.has(id)))
    const large = new Set(drawn.slice(0, IN_ONE_MILLISECOND).map(({ traceId }) => traceId))
    expect(own.filter((id) => !shown.has(id) && !large.has(id))).toEqual([])
  })

  it.each([
    [
      'that failed',
      { field: 'status', operator: 'is', values: ['error'] },
      ({ failed }: DrawnTurn) => failed,
    ],
    [
      'of a session',
      { field: 'session', operator: 'is', values: ['session 7'] },
      ({ session }: DrawnTurn) => session === 'session 7',
    ],
  ] as const)('are found where they are those %s', async (_, condition, wanted) => {
    const { source, calls } = open()
    const found = await page(source, 100, [condition])
    console.log(`${storage}, ${dialect}: ${condition.field} took ${calls()} calls`)
    const turns = drawn.filter(wanted)
    expect(turns.length).toBeGreaterThan(10)
    // Turns that arrived while others looked are there as well.
    const known = new Set(drawn.map(({ traceId }) => traceId))
    expect(found.ids.filter((id) => known.has(id))).toEqual(inTableOrder(turns))
  })
})
