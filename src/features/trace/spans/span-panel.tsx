import type { SpanOutline } from '../../../domain/model/span.ts'
import type { SpanLinks } from '../../../domain/tree/span-links.ts'
import { SpansSkeleton } from '../trace-skeleton.tsx'
import { LoadedSpans, PANEL, type PanelProps } from './loaded-spans.tsx'
import { PanelFailure } from './panel-failure.tsx'
import './spans.css'

interface SpansQuery {
  readonly data:
    | {
        readonly spans: readonly SpanOutline[]
        readonly links?: SpanLinks
        readonly complete: boolean
        readonly problems?: readonly string[]
      }
    | undefined
  readonly error: Error | null
  readonly refetch: () => unknown
}

/** The spans of a turn, apart from the turn itself: whatever happens here leaves the rest of the page alone. */
export function SpanPanel({ spans, ...props }: PanelProps & { readonly spans: SpansQuery }) {
  const { data, error, refetch } = spans
  if (!data) {
    return (
      <section aria-label="Spans" aria-busy={!error} className={error ? '' : PANEL}>
        {error ? <PanelFailure error={error} what="Spans" onAgain={refetch} /> : <SpansSkeleton />}
      </section>
    )
  }
  if (data.spans.length === 0) {
    if (data.complete) return null
    return (
      <p role="status" className="px-gutter py-2.5 text-data text-text-2">
        Spans: none have arrived yet.
      </p>
    )
  }
  return <LoadedSpans {...props} spans={data.spans} links={data.links} complete={data.complete} />
}
