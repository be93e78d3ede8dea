import { useEffect, useState } from 'react'
import { useNavigate, useParams } from 'react-router-dom'
import type { Trace } from '../../domain/model/trace.ts'
import { type TraceId, traceId } from '../../domain/model/units.ts'
import { paths } from '../../state/location.ts'
import { useSpans, useTrace } from '../../state/queries.ts'
import { useShortcuts } from '../../state/shortcuts.ts'
import { useSource } from '../../state/source-context.tsx'
import { spansFailure } from './awaited-spans.ts'
import { MetricCards } from './head/metric-cards.tsx'
import { QuickLinks } from './head/quick-links.tsx'
import { RootCauseAlert } from './head/root-cause-alert.tsx'
import { type SessionPlace, useSessionPlace } from './head/session-neighbours.ts'
import { TraceTitle } from './head/trace-title.tsx'
import type { SpanPanelCommand } from './span-panel-command.ts'
import { SpanPanel } from './spans/span-panel.tsx'
import { TraceFailure } from './trace-failure.tsx'
import { TraceSkeleton } from './trace-skeleton.tsx'
import { TurnSections } from './turn/turn-sections.tsx'
import { useCallMoments } from './turn/use-call-moments.ts'

function useSessionKeys(place: SessionPlace | undefined): void {
  const { source } = useSource()
  const navigate = useNavigate()
  const go = (turn: { readonly traceId: TraceId } | undefined) => {
    if (!turn) return false
    void navigate(paths.trace(source.info.id, turn.traceId))
    return true
  }
  useShortcuts([
    { keys: ['{'], label: 'Previous turn of the session', group: 'Trace', run: () => go(place?.previous) },
    { keys: ['}'], label: 'Next turn of the session', group: 'Trace', run: () => go(place?.next) },
  ])
}

function LoadedTrace({ trace }: { readonly trace: Trace }) {
  const [command, setCommand] = useState<SpanPanelCommand>()
  const { source, sources } = useSource()
  const { rootCause } = trace
  // A provider that this explorer was not told of has nothing to show.
  const where = sources.some(({ id }) => id === trace.spans?.source) ? trace.spans : null
  const spans = useSpans(where?.traceId, {
    ...(where && { source: where.source }),
    enabled: where !== null,
  })
  const failure = spansFailure(spans.error, {
    isElsewhere: where !== null && where.source !== source.info.id,
    ended: trace.startTime + trace.duration,
    now: Date.now() * 1000,
  })
  // What stands around the turn is asked for once the turn itself is there.
  const rest = where === null || !spans.isPending
  const place = useSessionPlace(rest ? trace.session?.id : undefined, trace.traceId)
  useSessionKeys(place)
  const cause = rootCause && spans.data?.spans.find((span) => span.spanId === rootCause.spanId)
  const moments = useCallMoments(trace, spans.data?.spans)
  const hasSpans = (spans.data?.spans.length ?? 0) > 0
  useEffect(() => {
    document.title = `${trace.chatbot.name} · Turnscope`
  }, [trace.chatbot.name])
  return (
    <>
      <TraceTitle trace={trace} place={place} />
      <QuickLinks trace={trace} counted={rest} />
      <MetricCards trace={trace} compared={rest} onShow={hasSpans ? setCommand : undefined} />
      {trace.status === 'error' && (
        <RootCauseAlert
          trace={trace}
          service={cause?.service}
          onJump={rootCause && hasSpans ? () => setCommand({ shows: 'root-cause' }) : undefined}
        />
      )}
      <TurnSections trace={trace} moments={moments} onCommand={hasSpans ? setCommand : undefined} />
      {where && (
        <SpanPanel
          key={trace.traceId}
          trace={trace}
          where={where}
          spans={{ data: spans.data, error: failure, refetch: spans.refetch }}
          command={command}
          moments={moments}
        />
      )}
    </>
  )
}

/** The page of one turn: what was said, what it cost, what changed, and every span. */
export function TracePage() {
  const { traceId: id = '' } = useParams()
  const trace = useTrace(traceId(id))
  // Nearly always its spans are here too: asked for at once, not only when the turn has said so.
  useSpans(traceId(id), { enabled: trace.isPending })
  return (
    <main aria-label="Trace" className="min-h-0 flex-1 overflow-y-auto">
      {trace.data ? (
        <LoadedTrace key={trace.data.traceId} trace={trace.data} />
      ) : trace.error ? (
        <TraceFailure error={trace.error} onAgain={trace.refetch} />
      ) : (
        <TraceSkeleton />
      )}
    </main>
  )
}
