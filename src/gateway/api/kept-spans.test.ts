import { describe, expect, it } from 'vitest'
import type { SpanOutline } from '../../domain/model/span.ts'
import { spanId, type TraceId, traceId } from '../../domain/model/units.ts'
import type { SpanList } from '../../domain/port/trace-source.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { OUTLINE, oneTraceSource } from '../testing/one-trace-source.ts'
import { KeptSpans } from './kept-spans.ts'

const LONG = 5_000
const outlines: readonly SpanOutline[] = Array.from({ length: LONG }, (_, at) => ({
  ...OUTLINE,
  spanId: spanId(at.toString(16).padStart(16, '0')),
}))

const sourceOf = (lists: Record<string, SpanList>) => {
  let read = 0
  const { source } = oneTraceSource('local', {
    async getSpans(id) {
      read++
      return lists[id] as SpanList
    },
    spansVersion: async (id) => lists[id]?.version,
  })
  return { source, lists, reads: () => read }
}
const A = traceId('a')
const B = traceId('b')
const C = traceId('c')
const never = new AbortController().signal
const ask = async (kept: KeptSpans, source: ReturnType<typeof sourceOf>['source'], id: TraceId) =>
  decodeSpanColumns(JSON.parse((await kept.reply(source, id, never)).bytes.toString('utf8')))

describe('KeptSpans', () => {
  it('reads a long list once as long as its version stands', async () => {
    const { source, lists, reads } = sourceOf({ a: { spans: outlines, complete: true, version: '1' } })
    const kept = new KeptSpans()
    await ask(kept, source, A)
    expect((await ask(kept, source, A)).spans).toHaveLength(LONG)
    expect(reads()).toBe(1)
    lists.a = { spans: outlines.slice(1), complete: true, version: '2' }
    expect((await ask(kept, source, A)).spans).toHaveLength(LONG - 1)
    expect(reads()).toBe(2)
  })

  it('reads what may change, what is short and what is gone each time', async () => {
    const { source, lists, reads } = sourceOf({
      a: { spans: outlines, complete: false },
      b: { spans: outlines.slice(0, 3), complete: true, version: '1' },
      c: { spans: outlines, complete: true, version: '1' },
    })
    const kept = new KeptSpans()
    for (const id of [A, A, B, B]) await ask(kept, source, id)
    expect(reads()).toBe(4)
    await ask(kept, source, C)
    delete lists.c
    await expect(ask(kept, source, C)).rejects.toThrow()
    expect(reads()).toBe(6)
  })

  it('keeps so many bytes, the last used ones', async () => {
    const list = { spans: outlines, complete: true, version: '1' }
    const { source, reads } = sourceOf({ a: list, b: list, c: list })
    const size = (await new KeptSpans().reply(source, A, never)).bytes.length
    const kept = new KeptSpans(size * 2)
    for (const id of [A, B, A, C]) await ask(kept, source, id)
    const before = reads()
    await ask(kept, source, A)
    expect(reads()).toBe(before)
    await ask(kept, source, B)
    expect(reads()).toBe(before + 1)
  })
})
