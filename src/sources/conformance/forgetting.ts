import type { TraceSource } from '../../domain/port/trace-source.ts'
import type { Loss } from './losses.ts'

const without = <Value extends object>(value: Value, key: string): Value =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as Value

/** The four calls of a source, each asked for the same thing once. */
export function remembered(source: TraceSource): TraceSource {
  const replies = new Map<string, unknown>()
  const once = <Reply>(
    name: string,
    asked: readonly unknown[],
    ask: () => Promise<Reply>,
  ): Promise<Reply> => {
    const key = JSON.stringify([name, ...asked])
    const reply = (replies.get(key) as Promise<Reply> | undefined) ?? ask()
    replies.set(key, reply)
    return reply
  }
  return {
    info: source.info,
    listTraces: (query, page, signal) =>
      once('listTraces', [query, page], () => source.listTraces(query, page, signal)),
    getTrace: (id, signal) => once('getTrace', [id], () => source.getTrace(id, signal)),
    getSpans: (id, signal) => once('getSpans', [id], () => source.getSpans(id, signal)),
    getSpan: (id, span, signal) => once('getSpan', [id, span], () => source.getSpan(id, span, signal)),
  }
}

/** The four calls of a source, each without one property of what it gives. */
export function forgetting(source: TraceSource, loss: Loss): TraceSource {
  const [part, key = ''] = loss.split('.')
  const of = <Value extends object>(here: string, value: Value): Value =>
    part === here ? without(value, key) : value
  return {
    info: source.info,
    listTraces: async (...asked) => {
      const page = await source.listTraces(...asked)
      return { ...page, items: page.items.map((one) => of('summary', one)) }
    },
    getTrace: async (...asked) => of('trace', await source.getTrace(...asked)),
    getSpans: async (...asked) => {
      const list = await source.getSpans(...asked)
      return { ...list, spans: list.spans.map((one) => of('outline', one)) }
    },
    getSpan: async (...asked) => {
      const detail = await source.getSpan(...asked)
      return {
        ...detail,
        outline: of('outline', detail.outline),
        span: of('span', detail.span),
        meaning: of('meaning', detail.meaning),
      }
    },
  }
}
