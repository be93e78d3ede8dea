import type { TraceQuery } from '../../domain/trace-query.ts'

/** A share in per cent, so that small ones do not read as none: `7.0 %`, `<0.1 %`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '—'
  const share = (part / whole) * 100
  if (share > 0 && share < 0.1) return '<0.1 %'
  return `${share.toFixed(share < 10 ? 1 : 0)} %`
}

/** The filters without those on the chatbot: its own page says which one. */
export const withoutChatbot = (query: TraceQuery): TraceQuery => ({
  ...query,
  conditions: query.conditions.filter(({ field }) => field !== 'chatbot'),
})
