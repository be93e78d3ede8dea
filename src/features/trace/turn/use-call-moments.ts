import { useMemo } from 'react'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { Trace } from '../../../domain/model/trace.ts'
import type { SpanId } from '../../../domain/model/units.ts'
import { type CallMoment, callMoments, momentSpans } from '../../../semantics/trace/call-moments.ts'
import { useSpanPayloads } from '../../../state/queries.ts'

const NO_IDS: readonly SpanId[] = []
const NO_MOMENTS: readonly CallMoment[] = []

/** What happened in a call beside its turns, ever more exact as payloads come; empty for any other trace. */
export function useCallMoments(
  trace: Trace,
  spans: readonly SpanOutline[] | undefined,
): readonly CallMoment[] {
  const outlines = trace.kind === 'call' ? spans : undefined
  const ids = useMemo(() => (outlines ? momentSpans(outlines) : NO_IDS), [outlines])
  const { details } = useSpanPayloads(trace.spans?.traceId ?? trace.traceId, ids, {
    ...(trace.spans && { source: trace.spans.source }),
  })
  return useMemo(
    () =>
      outlines
        ? callMoments(
            outlines,
            details.map(({ span }) => span),
          )
        : NO_MOMENTS,
    [outlines, details],
  )
}
