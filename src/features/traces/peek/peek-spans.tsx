import { useMemo } from 'react'
import type { SpanOutline } from '../../../domain/model/span.ts'
import type { Trace } from '../../../domain/model/trace.ts'
import type { SpanId } from '../../../domain/model/units.ts'
import { adviceFor } from '../../../state/advice.ts'
import { useSpans } from '../../../state/queries.ts'
import { KIND_TEXT, KindIcon } from '../../../ui/icons/icons.tsx'
import { formatCount } from '../../../ui/text/format.ts'
import { Duration, Unknown } from '../../../ui/text/quantity.tsx'
import { PeekSection } from './peek-section.tsx'
import { type PlacedSpan, parentsOf, topSpans } from './top-spans.ts'

const MOST = 6

/** The spans that tell most, with the trace's own time axis. */
export function PeekSpans({
  spans: at,
  rootCause,
}: {
  readonly spans: NonNullable<Trace['spans']>
  readonly rootCause: SpanId | undefined
}) {
  const list = useSpans(at.traceId, { source: at.source })
  const spans = list.data?.spans
  const top = useMemo(() => topSpans(spans ?? [], rootCause, MOST), [spans, rootCause])
  const parents = useMemo(() => parentsOf(spans ?? []), [spans])
  const failed = spans?.filter(({ state }) => state === 'error' || state === 'contains-error').length ?? 0

  if (list.error) {
    return (
      <PeekSection title="Spans">
        <p className="text-data text-text-3">{adviceFor(list.error).title}</p>
      </PeekSection>
    )
  }
  // Absent until it is there: the panel ends here, so nothing moves.
  if (!spans || spans.length === 0) return null
  return (
    <PeekSection
      title="Spans"
      label={`${formatCount(spans.length)}${failed > 0 ? `, of which ${formatCount(failed)} failed` : ''}`}
    >
      <ul>
        {top.map((placed) => (
          <SpanRow key={placed.span.spanId} placed={placed} parent={parents.has(placed.span.spanId)} />
        ))}
      </ul>
    </PeekSection>
  )
}

/** `MessageProcessor.handle_message` is named by its end. */
const shortName = ({ name, label }: SpanOutline): string => label ?? name.replace(/^.*[.](?=[^.\s]+$)/, '')

function SpanRow({
  placed: { span, at, share },
  parent,
}: {
  readonly placed: PlacedSpan
  readonly parent: boolean
}) {
  const failed = span.state === 'error'
  const colour = failed ? 'text-error' : KIND_TEXT[span.kind]
  return (
    <li className="grid h-row-span grid-cols-[minmax(0,200fr)_60px_minmax(0,100fr)] items-center text-data">
      <span className="flex min-w-0 items-center gap-1.5">
        <KindIcon kind={span.kind} />
        <span className="cut" title={span.label ? `${span.name} · ${span.label}` : span.name}>
          {shortName(span)}
        </span>
      </span>
      <span className={`pr-3 text-right whitespace-nowrap ${failed ? 'text-error' : ''}`}>
        {span.duration === null ? <Unknown why="running" /> : <Duration value={span.duration} />}
      </span>
      <span aria-hidden="true" className={`relative h-full border-l border-border-1 ${colour}`}>
        <span
          className={`absolute top-[7px] h-2.5 min-w-0.5 ${parent ? 'bg-current/24' : 'bg-current'}`}
          style={{ left: `${at * 100}%`, width: `${Math.min(1 - at, share) * 100}%` }}
        />
      </span>
    </li>
  )
}
