import type { TraceQuery } from '../../domain/query/trace-query.ts'

/** The filters without those on the chatbot: its own page says which one. */
export const withoutChatbot = (query: TraceQuery): TraceQuery => ({
  ...query,
  conditions: query.conditions.filter(({ field }) => field !== 'chatbot'),
})
