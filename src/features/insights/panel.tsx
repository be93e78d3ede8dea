import { type ReactNode, useEffect, useRef, useState } from 'react'
import { adviceFor } from '../../state/advice.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { formatCount } from '../../ui/text/format.ts'
import type { Aggregates } from './aggregates.ts'

/** Whether an element has come near the view: what lies below the fold asks for nothing before. */
function useSeen(): readonly [ref: (element: HTMLElement | null) => void, seen: boolean] {
  const [element, setElement] = useState<HTMLElement | null>(null)
  const [seen, setSeen] = useState(false)
  const done = useRef(false)
  useEffect(() => {
    if (!element || done.current) return
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        done.current = true
        setSeen(true)
        watch.disconnect()
      },
      { rootMargin: '200px' },
    )
    watch.observe(element)
    return () => watch.disconnect()
  }, [element])
  return [setElement, seen]
}

/** A question and its answer. What it needs is asked for when it is looked at. */
export function Panel({
  title,
  note,
  className = '',
  children,
}: {
  readonly title: string
  readonly note?: string
  readonly className?: string
  readonly children: (seen: boolean) => ReactNode
}) {
  const [ref, seen] = useSeen()
  return (
    <section
      ref={ref}
      aria-label={title}
      className={`min-h-[150px] min-w-0 border-b border-border-1 bg-surface-1 px-gutter pt-2.5 pb-3 ${className}`}
    >
      <h2 className="mb-1.5 flex flex-wrap items-baseline gap-x-2.5 text-prose font-semibold">
        {title}
        {note && <span className="text-label font-normal text-text-3">{note}</span>}
      </h2>
      {children(seen)}
    </section>
  )
}

/** Why an answer is not the whole. */
function Incomplete({ problems, scanned }: Pick<Aggregates, 'problems' | 'scanned'>) {
  const facts = [
    ...(scanned === undefined ? [] : [`from the latest ${formatCount(scanned)} traces`]),
    ...problems,
  ]
  if (facts.length === 0) return null
  return (
    <p role="status" className="mt-1.5 text-label text-warn">
      Not all is counted: {facts.join('; ')}
    </p>
  )
}

/** What stands in a panel: the answer, or that it is on its way, or why there is none. */
export function PanelBody({
  answer,
  empty,
  isEmpty,
  more,
  children,
}: {
  readonly answer: Aggregates
  /** Which rows these are, where there are more. */
  readonly more?: string | undefined
  /** Said where nothing was found. */
  readonly empty: string
  readonly isEmpty: boolean
  readonly children: ReactNode
}) {
  if (answer.replies === undefined && answer.error) {
    const { title } = adviceFor(answer.error)
    return (
      <div role="alert" className="flex items-center gap-2 text-data text-text-2">
        {title}
        <Button onClick={answer.retry}>Try again</Button>
      </div>
    )
  }
  if (answer.replies === undefined)
    return (
      <div aria-busy="true" className="grid gap-4 py-2">
        {[82, 64, 71, 48].map((width) => (
          <Skeleton key={width} width={`${width}%`} />
        ))}
      </div>
    )
  return (
    <>
      {isEmpty ? <p className="text-data text-text-3">{empty}</p> : children}
      {more !== undefined && <p className="mt-1.5 text-label text-text-3">{more}; there are more</p>}
      <Incomplete problems={answer.problems} scanned={answer.scanned} />
    </>
  )
}
