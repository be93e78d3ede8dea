import { useEffect, useRef } from 'react'
import { durationText } from '../../../../ui/text/format.ts'
import type { TimeAxis } from './time-axis.ts'

/**
 * A line under the pointer over the waterfall, with its moment. It is moved outside of React: a pointer comes by
 * far more often than the page is drawn.
 */
export function TimeCursor({ axis }: { readonly axis: TimeAxis }) {
  const line = useRef<HTMLSpanElement>(null)
  const label = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const tree = line.current?.closest<HTMLElement>('.span-tree')
    if (!tree) return
    const stop = new AbortController()
    const hide = () => {
      if (line.current) line.current.hidden = true
    }
    const follow = (event: PointerEvent) => {
      const ruler = tree.querySelector('.lane.ruler > :last-child')?.getBoundingClientRect()
      if (!ruler || !line.current || !label.current) return
      const share = (event.clientX - ruler.left) / Math.max(1, ruler.width)
      if (share < 0 || share > 1 || event.clientY < ruler.top) return hide()
      const box = tree.getBoundingClientRect()
      line.current.hidden = false
      line.current.style.left = `${event.clientX - box.left}px`
      line.current.style.top = `${ruler.top - box.top}px`
      label.current.textContent = durationText(axis.toTime(share))
      label.current.style.translate = share > 0.8 ? '-100%' : ''
    }
    const options = { passive: true, signal: stop.signal } as const
    tree.addEventListener('pointermove', follow, options)
    tree.addEventListener('pointerleave', hide, options)
    return () => stop.abort()
  }, [axis])
  return (
    <span
      ref={line}
      hidden
      aria-hidden="true"
      className="pointer-events-none absolute bottom-0 z-20 border-l border-accent"
    >
      <span
        ref={label}
        className="absolute top-0.5 left-0 bg-surface-overlay px-1 text-label whitespace-nowrap text-accent"
      />
    </span>
  )
}
