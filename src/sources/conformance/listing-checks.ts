import { describe, expect, it } from 'vitest'
import { SORT_FIELDS, type TraceQuery } from '../../domain/query/trace-query.ts'
import type { HeldTrace } from '../sample/held-rows.ts'
import { expectKept } from './differences.ts'
import {
  ALL,
  expectedIds,
  expectedRows,
  idsOf,
  never,
  pagesOf,
  type Subject,
  sortsBy,
  walkAll,
} from './harness.ts'

const SORTS = SORT_FIELDS.flatMap((field) => [
  { field, descending: true },
  { field, descending: false },
])

const named = ({ field, descending }: (typeof SORTS)[number]) => `${descending ? '-' : ''}${field}`

/** The traces in two halves, mixed: every second one is there at first, the others come later. */
const halves = (traces: readonly HeldTrace[]): readonly [readonly HeldTrace[], readonly HeldTrace[]] => [
  traces.filter((_, index) => index % 2 === 0),
  traces.filter((_, index) => index % 2 === 1),
]

export function listingChecks(subject: Subject): void {
  describe('a listing', () => {
    it('gives everything, newest first, each once', async () => {
      expect(idsOf(await walkAll(subject.source, ALL))).toEqual(expectedIds(subject, ALL))
    })

    it('leaves out training and housekeeping where no kind is asked for', async () => {
      const query: TraceQuery = { ...ALL, conditions: [] }
      const found = await walkAll(subject.source, query)
      expect(idsOf(found)).toEqual(expectedIds(subject, query))
      expect(found.some(({ kind }) => kind === 'training' || kind === 'housekeeping')).toBe(false)
    })

    it.each([1, 7, 50])('gives the same in pages of %i', async (limit) => {
      expect(idsOf(await walkAll(subject.source, ALL, limit))).toEqual(expectedIds(subject, ALL))
    })

    it('gives summaries as the spans were read', async () => {
      await expectKept(subject, 'listTraces', subject.traces)
    })

    it('says how far it looked, where it does not look everywhere', async (context) => {
      let told = 0
      for await (const { scanned, nextCursor, items } of pagesOf(subject.source, ALL, 20)) {
        if (scanned === undefined) continue
        told += 1
        expect(scanned.traces).toBeGreaterThanOrEqual(items.length)
        expect(scanned.complete).toBe(nextCursor === undefined)
        for (const { startTime } of items) {
          expect(startTime).toBeGreaterThanOrEqual(scanned.from ?? Number.POSITIVE_INFINITY)
          expect(startTime).toBeLessThanOrEqual(scanned.to ?? 0)
        }
      }
      if (told === 0) context.skip('the source looks everywhere, and says of no page how far')
    })

    it.each(SORTS.map((sort) => [named(sort), sort] as const))(
      'sorts by %s or refuses to',
      async (_, sort) => {
        const query: TraceQuery = { ...ALL, sort }
        if (sortsBy(subject.source.info.capabilities, sort)) {
          expect(idsOf(await walkAll(subject.source, query, 23))).toEqual(expectedIds(subject, query))
        } else {
          await expect(subject.source.listTraces(query, { limit: 5 }, never())).rejects.toMatchObject({
            kind: 'unsupported',
          })
        }
      },
    )

    it('is stable while traces arrive', async (context) => {
      const [first, later] = halves(subject.traces)
      const opened = await subject.harness.open(first)
      try {
        if (opened.insert === undefined) {
          return context.skip(subject.harness.skips?.insert ?? 'the harness cannot insert')
        }
        const { source } = opened
        const present = expectedRows(subject, ALL, first).map(({ summary }) => summary.traceId)
        const seen: string[] = []
        const batches = Array.from({ length: 4 }, (_, part) => later.filter((_, index) => index % 4 === part))
        for await (const page of pagesOf(source, ALL, Math.ceil(first.length / 6))) {
          seen.push(...idsOf(page.items))
          const batch = batches.shift()
          if (batch !== undefined) await opened.insert(batch)
        }
        expect(new Set(seen).size).toBe(seen.length)
        const old = new Set<string>(present)
        expect(seen.filter((id) => old.has(id))).toEqual(present)
        const order = new Map(expectedIds(subject, ALL).map((id, index) => [id as string, index]))
        const places = seen.map((id) => order.get(id) ?? -1)
        expect(places).toEqual([...places].sort((a, b) => a - b))
        expect(idsOf(await walkAll(source, ALL))).toEqual(expectedIds(subject, ALL))
      } finally {
        await opened.close()
      }
    })

    it('goes on after a restart where it stopped', async (context) => {
      const opened = await subject.harness.open(subject.traces)
      try {
        if (opened.reopen === undefined) {
          return context.skip(subject.harness.skips?.reopen ?? 'the harness cannot reopen')
        }
        const limit = Math.ceil(subject.traces.length / 3)
        const first = await opened.source.listTraces(ALL, { limit }, never())
        const cursor = first.nextCursor
        if (cursor === undefined) throw new Error('no cursor after the first page')
        const again = await opened.reopen()
        const seen = [...idsOf(first.items)]
        for (let next: string | undefined = cursor; next !== undefined; ) {
          const page: Awaited<ReturnType<typeof again.listTraces>> = await again.listTraces(
            ALL,
            { limit, cursor: next },
            never(),
          )
          seen.push(...idsOf(page.items))
          next = page.nextCursor
        }
        expect(seen).toEqual(expectedIds(subject, ALL))
      } finally {
        await opened.close()
      }
    })
  })
}
