import { describe, expect, it } from 'vitest'
import type { SpanOutline } from '../../domain/model/span.ts'
import type { Trace } from '../../domain/model/trace.ts'
import { spanId, traceId } from '../../domain/model/units.ts'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { deriveMissing } from '../derived.ts'
import { everyTrace } from '../every-trace.ts'
import { expectKept } from './differences.ts'
import { ALL, comparable, expectedIds, idsOf, never, type Subject, walkAll, where } from './harness.ts'

/** A stretch of the traces that has every kind of them, small enough to be read one by one. */
const sampled = (subject: Subject) =>
  subject.traces.filter(
    (held, index) => index % 9 === 0 || held.reading.summary.kind !== 'turn' || !held.reading.rootSeen,
  )

const idsOfSpans = (outlines: readonly SpanOutline[]): readonly string[] =>
  outlines.map(({ spanId }) => spanId).sort()

export function wholeTraceChecks(subject: Subject): void {
  describe('a trace', () => {
    it('is given whole', async () => {
      await expectKept(subject, 'getTrace', sampled(subject))
      for (const held of sampled(subject)) {
        const trace = await subject.source.getTrace(held.traceId, never())
        expect(trace.spans?.traceId).toBe(held.traceId)
      }
    })

    it('has the outlines of all of its spans, each once', async () => {
      await expectKept(subject, 'getSpans', sampled(subject))
      for (const held of sampled(subject)) {
        const { spans } = await subject.source.getSpans(held.traceId, never())
        expect(idsOfSpans(spans)).toEqual(idsOfSpans(held.reading.outlines))
      }
    })

    it('has the payload of each span as it was recorded', async () => {
      await expectKept(
        subject,
        'getSpan',
        sampled(subject).filter((_, index) => index % 4 === 0),
      )
    })

    it('gives the payloads of several spans as it gives each, in the order asked for', async () => {
      const answering = deriveMissing(subject.source)
      const held = sampled(subject).find(({ spans }) => spans.length > 3)
      if (!held) throw new Error('no trace with more than three spans was given')
      const ids = held.spans.map(({ spanId }) => spanId).toReversed()
      const asked = [...ids.slice(0, 2), spanId('00000000000000ad'), ...ids.slice(2, 100)]
      const details = await answering.getSpanDetails(held.traceId, asked, never())
      expect(details.map(({ span }) => span.spanId)).toEqual(ids.slice(0, 100))
      for (const detail of details) {
        expect(detail).toEqual(await subject.source.getSpan(held.traceId, detail.span.spanId, never()))
      }
      await expect(
        answering.getSpanDetails(traceId('00000000000000000000000000000bad'), asked, never()),
      ).rejects.toMatchObject({ kind: 'not-found' })
    })

    it('says that more spans may come while it is pending', async (context) => {
      const skip = subject.harness.skips?.pending
      if (skip !== undefined) return context.skip(skip)
      const pending = await walkAll(
        subject.source,
        where({ field: 'status', operator: 'is', values: ['pending'] }),
      )
      expect(pending.length).toBeGreaterThan(0)
      for (const { traceId } of pending) {
        expect((await subject.source.getSpans(traceId, never())).complete).toBe(false)
      }
    })
  })

  describe('every trace of a query', () => {
    const queries: readonly (readonly [string, TraceQuery])[] = [
      ['all', ALL],
      ['the failing ones', where({ field: 'status', operator: 'is', values: ['error'] })],
      ['none', where({ field: 'session', operator: 'is', values: ['no such session'] })],
    ]
    it.each(queries)('comes in the order of the listing: %s', async (_, query) => {
      const found: Trace[] = []
      for await (const batch of everyTrace(subject.source, query, never())) found.push(...batch)
      const listed = await walkAll(subject.source, query)
      expect(idsOf(found)).toEqual(idsOf(listed))
      expect(idsOf(found)).toEqual(expectedIds(subject, query))
      for (const [index, trace] of found.entries()) {
        if (index % 40 !== 0) continue
        const single = await subject.source.getTrace(trace.traceId, never())
        expect(comparable(trace)).toEqual(comparable(single))
      }
    })

    it('stops when it is told to', async () => {
      const controller = new AbortController()
      const reason = new Error('the reader has gone')
      const read = async () => {
        for await (const batch of everyTrace(subject.source, ALL, controller.signal, { batchSize: 5 })) {
          expect(batch.length).toBeGreaterThan(0)
          controller.abort(reason)
        }
      }
      await expect(read()).rejects.toBe(reason)
    })
  })
}
