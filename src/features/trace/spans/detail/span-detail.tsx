import { type ReactNode, useMemo } from 'react'
import type { AttributeValue, SpanDetail, SpanOutline, SpanState } from '../../../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../../../domain/model/units.ts'
import { useView } from '../../../../state/location.ts'
import { useSpan } from '../../../../state/queries.ts'
import { useSource } from '../../../../state/source-context.tsx'
import { Badge } from '../../../../ui/badge.tsx'
import { CopyGlyph } from '../../../../ui/copy-button.tsx'
import { Icon, KIND_TEXT } from '../../../../ui/icons/icons.tsx'
import { Skeleton } from '../../../../ui/skeleton.tsx'
import { Tabs } from '../../../../ui/tabs.tsx'
import { durationText } from '../../../../ui/text/format.ts'
import { printable } from '../../../../ui/text/printable-text.ts'
import { Duration } from '../../../../ui/text/quantity.tsx'
import { spanLinks } from '../../head/outward-links.ts'
import { PanelFailure } from '../panel-failure.tsx'
import { SpanRaw } from './span-raw.tsx'
import { SpanReadable } from './span-readable.tsx'
import { SpanAttributes, SpanEvents, SpanLinks, SpanLogs } from './span-records.tsx'

/** What the tree knows of a span and its outline does not say. µs. */
export interface SpanPlace {
  readonly selfTime: number
  /** After the first span's start. */
  readonly offset: number
  readonly turnDuration: number
  readonly rootCause: boolean
  /** 0 to 5: the colour of its service. */
  readonly serviceColour: number
}

const STATES: {
  readonly [State in SpanState]?: readonly [icon: 'error' | 'warn' | 'pending', word: string, tone: string]
} = {
  error: ['error', 'Error', 'text-error'],
  recovered: ['warn', 'Failed, then recovered', 'text-warn'],
  running: ['pending', 'Running', 'text-pending'],
  'contains-error': ['error', 'Holds a failure', 'text-error'],
}

function DetailHead({ outline, place }: { readonly outline: SpanOutline; readonly place: SpanPlace }) {
  const { kind, name, state, service, duration } = outline
  const look = STATES[state]
  const share = place.turnDuration > 0 ? Math.round((place.selfTime / place.turnDuration) * 100) : 0
  return (
    <header className="px-gutter py-2">
      <h3 className="flex items-center gap-1.5 font-semibold">
        <span className={KIND_TEXT[kind]}>
          <Icon name={kind} />
        </span>
        <bdi className="cut" title={printable(name)}>
          {printable(name)}
        </bdi>
        <CopyGlyph label="Copy span id" text={() => outline.spanId} />
        {look && (
          <span className={`inline-flex items-center gap-1 whitespace-nowrap ${look[2]}`}>
            <Icon name={look[0]} size="small" />
            {look[1]}
          </span>
        )}
        <span className="flex-1" />
        {place.rootCause && <Badge tone="error">root cause</Badge>}
      </h3>
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-data text-text-2">
        <span>{kind[0]?.toUpperCase() + kind.slice(1)}</span>
        <span className="inline-flex items-center gap-[5px]">
          <i aria-hidden="true" className={`swatch s-${place.serviceColour + 1}`} />
          <bdi>{printable(service)}</bdi>
        </span>
        <span>
          <Duration value={duration} why="has not ended" />
        </span>
        <span className="text-text-3">
          self {durationText(place.selfTime)}
          {place.turnDuration > 0 && `, ${share} % of the turn`}
        </span>
        <span>starts at +{durationText(place.offset)}</span>
      </p>
    </header>
  )
}

const body = (
  tab: string,
  detail: SpanDetail,
  source: string,
  explained: (detail: SpanDetail) => ReactNode,
  earlier: readonly AttributeValue[] | undefined,
): ReactNode => {
  switch (tab) {
    case 'raw':
      return <SpanRaw detail={detail} />
    case 'attributes':
      return <SpanAttributes detail={detail} />
    case 'events':
      return <SpanEvents events={detail.span.events} start={detail.span.startTime} />
    case 'logs':
      return <SpanLogs logs={detail.logs ?? []} start={detail.span.startTime} />
    case 'links':
      return <SpanLinks links={detail.span.links} source={source} />
    default:
      return (
        <SpanReadable detail={detail} earlier={earlier}>
          {explained(detail)}
        </SpanReadable>
      )
  }
}

/** Tabs of a span; those that would be empty are left out. */
const tabsOf = (detail: SpanDetail | undefined) => [
  { id: 'readable', label: 'Readable' },
  { id: 'raw', label: 'Raw JSON' },
  {
    id: 'attributes',
    label: 'Attributes',
    ...(detail && { count: Object.keys(detail.span.attributes).length }),
  },
  ...(detail?.span.events.length
    ? [{ id: 'events', label: 'Events', count: detail.span.events.length }]
    : []),
  ...(detail?.logs?.length ? [{ id: 'logs', label: 'Logs', count: detail.logs.length }] : []),
  ...(detail?.span.links.length ? [{ id: 'links', label: 'Links', count: detail.span.links.length }] : []),
]

function DetailSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-3 px-gutter py-3">
      {['20%', '80%', '64%', '24%', '72%', '48%'].map((width) => (
        <Skeleton key={width} width={width} height={10} />
      ))}
    </div>
  )
}

/** What a call was given and gave, whatever of it is known. */
function useTexts(trace: TraceId, span: SpanId | undefined, source: string) {
  const { data } = useSpan(trace, span, { source })
  return useMemo(() => {
    const { input, output } = data?.meaning ?? {}
    return [input, output].filter((one) => one !== undefined)
  }, [data])
}

/** The selected span: fetched when selected, kept for when one comes back. */
export function SpanDetailPane({
  trace,
  source,
  outline,
  place,
  earlier,
  explained,
}: {
  /** The trace as the source that holds the spans names it. */
  readonly trace: TraceId
  readonly source: string
  readonly outline: SpanOutline
  readonly place: SpanPlace
  /** The model call before, where the span is one. */
  readonly earlier: SpanId | undefined
  /** What else there is to say of a span. */
  readonly explained: (detail: SpanDetail) => ReactNode
}) {
  const { view, change } = useView()
  const { sources } = useSource()
  const detail = useSpan(trace, outline.spanId, { source })
  const before = useTexts(trace, earlier, source)
  const tabs = tabsOf(detail.data)
  const wanted = view.tab ?? 'readable'
  const selected = tabs.some((tab) => tab.id === wanted) ? wanted : 'readable'
  const links = spanLinks(
    outline,
    trace,
    sources.find((one) => one.id === source),
  )
  return (
    <section aria-label="Selected span" className="flex min-h-0 flex-1 flex-col">
      <DetailHead outline={outline} place={place} />
      {links.length > 0 && (
        <p className="flex flex-wrap gap-3 px-gutter pb-2 text-data">
          {links.map((link) => (
            <a key={link.href} href={link.href} target="_blank" rel="noopener noreferrer">
              {link.label} <Icon name="external" size="small" className="inline" />
            </a>
          ))}
        </p>
      )}
      <Tabs
        label="What is shown of the span"
        tabs={tabs}
        selected={selected}
        onSelect={(tab) => change({ tab: tab === 'readable' ? undefined : tab }, { replace: true })}
      >
        {detail.data ? (
          body(selected, detail.data, source, explained, before)
        ) : detail.error ? (
          <PanelFailure error={detail.error} what="This span" onAgain={detail.refetch} />
        ) : (
          <DetailSkeleton />
        )}
      </Tabs>
    </section>
  )
}
