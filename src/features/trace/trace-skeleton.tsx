import { Skeleton } from '../../ui/skeleton.tsx'

const CARD_WIDTHS = ['72px', '20px', '20px', '48px', '48px', '32px', '32px'] as const

/** Stands where the page will stand, of its size. */
export function TraceSkeleton() {
  return (
    <div aria-busy="true">
      <p role="status" className="sr-only">
        Loading the trace
      </p>
      <div className="flex h-11 items-center gap-3 px-gutter">
        <Skeleton width="160px" height={14} />
        <Skeleton width="180px" height={10} />
      </div>
      <div className="flex h-[26px] gap-4 px-gutter">
        <Skeleton width="320px" />
      </div>
      <div className="grid grid-cols-4 border-y border-border-1 wide:grid-cols-7">
        {CARD_WIDTHS.map((width, at) => (
          <div key={`${at} ${width}`} className="grid h-[52px] content-center gap-2 px-gutter">
            <Skeleton width="56px" height={7} />
            <Skeleton width={width} height={12} />
          </div>
        ))}
      </div>
      <div className="grid min-h-[180px] grid-cols-2 border-b border-border-2">
        {['input', 'output'].map((name) => (
          <div key={name} className="grid content-start gap-2.5 px-gutter py-3">
            <Skeleton width="40px" height={7} />
            <Skeleton width="80%" height={10} />
            <Skeleton width="60%" height={10} />
          </div>
        ))}
      </div>
      <SpansSkeleton />
    </div>
  )
}

/** Stands where the rows of the span tree will stand. */
export function SpansSkeleton() {
  return (
    <div className="grid content-start gap-3 px-gutter py-4">
      {[40, 34, 52, 30, 46, 38, 28, 44].map((share, at) => (
        <Skeleton key={share} width={`${share - at}%`} height={10} />
      ))}
    </div>
  )
}
