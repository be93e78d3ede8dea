import type { TraceQuery } from '../domain/trace-query.ts'
import { csvAddress } from '../sources/remote/remote-source.ts'

/** Where the CSV of what a query finds is downloaded. */
export const csvHref = (source: string, query: TraceQuery): string => csvAddress('', source, query)
