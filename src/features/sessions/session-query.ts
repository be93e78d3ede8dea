import { NEWEST_FIRST, type TraceQuery } from '../../domain/query/trace-query.ts'

/** The question that lists a session's turns. */
export const sessionQuery = (session: string): TraceQuery => ({
  conditions: [{ field: 'session', operator: 'is', values: [session] }],
  sort: NEWEST_FIRST,
})
