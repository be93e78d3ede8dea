import { type FilterCondition, NEWEST_FIRST, type TraceQuery } from '../../domain/trace-query.ts'

/** The question that lists a chatbot's traces, perhaps narrowed further. */
export const chatbotQuery = (chatbot: string, ...further: readonly FilterCondition[]): TraceQuery => ({
  conditions: [{ field: 'chatbot', operator: 'is', values: [chatbot] }, ...further],
  sort: NEWEST_FIRST,
})

/** A share in per cent, so that small ones do not read as none: `7.0 %`, `<0.1 %`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '—'
  const share = (part / whole) * 100
  if (share > 0 && share < 0.1) return '<0.1 %'
  return `${share.toFixed(share < 10 ? 1 : 0)} %`
}
