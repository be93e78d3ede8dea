import { type ComponentProps, useMemo } from 'react'
import type { SpanOutline } from '../../../../domain/model/span.ts'
import type { Trace } from '../../../../domain/model/trace.ts'
import type { SpanId, TraceId } from '../../../../domain/model/units.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import { earlierGeneration } from '../tree/earlier-generation.ts'
import { CallTurnTexts } from './call-turn-texts.tsx'
import { PhaseTimes } from './phase-times.tsx'
import { SpanDetailPane } from './span-detail.tsx'
import { useExplanation, usePhases } from './use-rasa.ts'
import { WhyThisAction } from './why-this-action.tsx'

/** The selected span, and what the spans around it say of it. */
export function SelectedSpan({
  trace,
  where,
  spans,
  tree,
  row,
  outline,
  place,
  onSelect,
}: {
  readonly trace: Trace
  readonly where: { readonly source: string; readonly traceId: TraceId }
  readonly spans: readonly SpanOutline[]
  readonly tree: SpanTree
  readonly row: number
  readonly outline: SpanOutline
  readonly place: ComponentProps<typeof SpanDetailPane>['place']
  readonly onSelect: (span: SpanId) => void
}) {
  const { source, traceId } = where
  const earlier = useMemo(() => earlierGeneration(tree, row), [tree, row])
  const turn = trace.callTurns?.find((one) => one.spanId === outline.spanId)
  const phases = usePhases(spans)
  const why = useExplanation(spans, outline.spanId, traceId, source)
  const explained = () => (
    <>
      {turn && <CallTurnTexts trace={trace} turn={turn} />}
      {why && <WhyThisAction explained={why} onSelect={onSelect} />}
      {phases && row === 0 && <PhaseTimes times={phases} whole={trace.duration} />}
    </>
  )
  return (
    <SpanDetailPane
      trace={traceId}
      source={source}
      outline={outline}
      place={place}
      earlier={earlier}
      explained={explained}
    />
  )
}
