import type { LogRecord } from '../../../../domain/model/span.ts'
import type { TraceId } from '../../../../domain/model/units.ts'
import { useLogs } from '../../../../state/queries.ts'
import { failureKind } from '../../poll-until-arrived.ts'

/** The log records of a trace as they are known now. */
export interface TraceLogsState {
  readonly logs: readonly LogRecord[]
  /** false = there are more than are given. */
  readonly complete: boolean
  readonly error: Error | null
  readonly refetch: () => unknown
}

/** Failures that say only that there are no records to show. */
const NONE: ReadonlySet<string> = new Set(['unsupported', 'not-found'])

/** Asked for once the spans stand; undefined while there is nothing to show of them. */
export function useTraceLogs(
  where: { readonly source: string; readonly traceId: TraceId },
  settled: boolean,
): TraceLogsState | undefined {
  const { data, error, refetch } = useLogs(where.traceId, { source: where.source, running: !settled })
  if (data) return data.logs.length > 0 ? { ...data, error: null, refetch } : undefined
  if (!error || NONE.has(failureKind(error) ?? '')) return undefined
  return { logs: [], complete: false, error, refetch }
}
