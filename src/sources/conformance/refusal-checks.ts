import { describe, expect, it } from 'vitest'
import { type SpanId, spanId, type TraceId, traceId } from '../../domain/model/units.ts'
import type { TraceSource } from '../../domain/port/trace-source.ts'
import { ALL, never, type Subject, where } from './harness.ts'

type Call = (source: TraceSource, id: TraceId, span: SpanId, signal: AbortSignal) => Promise<unknown>

const CALLS: readonly (readonly [name: string, call: Call])[] = [
  ['listTraces', (source, _id, _span, signal) => source.listTraces(ALL, { limit: 10 }, signal)],
  ['getTrace', (source, id, _span, signal) => source.getTrace(id, signal)],
  ['getSpans', (source, id, _span, signal) => source.getSpans(id, signal)],
  ['getSpan', (source, id, span, signal) => source.getSpan(id, span, signal)],
  ['count', async (source, _id, _span, signal) => source.count?.(ALL, signal)],
  ['histogram', async (source, _id, _span, signal) => source.histogram?.(ALL, 20, signal)],
  ['suggest', async (source, _id, _span, signal) => source.suggest?.('chatbot', '', ALL, signal)],
  ['listSessions', async (source, _id, _span, signal) => source.listSessions?.(ALL, { limit: 10 }, signal)],
  ['listChatbots', async (source, _id, _span, signal) => source.listChatbots?.(ALL, signal)],
]

const OPTIONAL = new Set(['count', 'histogram', 'suggest', 'listSessions', 'listChatbots'])

export function refusalChecks(subject: Subject): void {
  describe('a refusal', () => {
    it.each([0, -1, 1001, 2.5, Number.NaN])('of a limit of %d', async (limit) => {
      await expect(subject.source.listTraces(ALL, { limit }, never())).rejects.toMatchObject({
        name: 'SourceError',
        kind: 'bad-request',
      })
    })

    it.each(['', 'x', '%%%', 'bm90IGEgY3Vyc29y', 'W10'])('of a cursor that is none: "%s"', async (cursor) => {
      await expect(subject.source.listTraces(ALL, { limit: 5, cursor }, never())).rejects.toMatchObject({
        name: 'SourceError',
        kind: 'bad-request',
      })
    })

    it('of the cursor of another query', async () => {
      const { nextCursor } = await subject.source.listTraces(ALL, { limit: 3 }, never())
      if (nextCursor === undefined) throw new Error('no cursor after the first page')
      const other = where({ field: 'status', operator: 'is', values: ['error'] })
      await expect(
        subject.source.listTraces(other, { limit: 3, cursor: nextCursor }, never()),
      ).rejects.toMatchObject({ name: 'SourceError', kind: 'bad-request' })
    })

    it('of a trace or span that is not there', async () => {
      const unknown = traceId('00000000000000000000000000000bad')
      const known = subject.traces[0]?.traceId as TraceId
      const { source } = subject
      const missing = { name: 'SourceError', kind: 'not-found' }
      await expect(source.getTrace(unknown, never())).rejects.toMatchObject(missing)
      await expect(source.getSpans(unknown, never())).rejects.toMatchObject(missing)
      await expect(source.getSpan(unknown, spanId('00000000000000ad'), never())).rejects.toMatchObject(
        missing,
      )
      await expect(source.getSpan(known, spanId('00000000000000ad'), never())).rejects.toMatchObject(missing)
      await expect(source.getTrace(traceId("it's no id\u0000"), never())).rejects.toMatchObject({
        name: 'SourceError',
      })
    })

    it.for(CALLS)('to go on with %s once it is aborted', async ([name, call], context) => {
      const { source, traces } = subject
      if (OPTIONAL.has(name) && !(name in source)) {
        return context.skip(`${name} is not the source's own: it is derived`)
      }
      const held = traces[0]
      const span = held?.spans[0]
      if (held === undefined || span === undefined) throw new Error('no trace was given')
      const reason = new Error('nobody waits for this any more')
      const before = AbortSignal.abort(reason)
      await expect(call(source, held.traceId, span.spanId, before)).rejects.toBe(reason)
      const controller = new AbortController()
      const running = call(source, held.traceId, span.spanId, controller.signal)
      controller.abort(reason)
      await expect(running).rejects.toBe(reason)
      await expect(call(source, held.traceId, span.spanId, never())).resolves.toBeDefined()
    })
  })
}
