import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'

/** Lines in a scrolling box; only those in view are drawn, whatever their heights. */
export function ScrolledLines<Row extends { readonly id: string }>({
  rows,
  label,
  height,
  className,
  children,
}: {
  readonly rows: readonly Row[]
  readonly label: string
  /** Of most lines, px. */
  readonly height: number
  /** How high the box may be. */
  readonly className: string
  readonly children: (row: Row) => ReactNode
}) {
  const box = useRef<HTMLDivElement>(null)
  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (at) => rows[at]?.id ?? at,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section ref={box} tabIndex={0} aria-label={label} className={`overflow-auto ${className}`}>
      <div className="relative" style={{ height: lines.getTotalSize() }}>
        {lines.getVirtualItems().map((item) => {
          const row = rows[item.index]
          return row ? (
            <div
              key={item.key}
              ref={lines.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {children(row)}
            </div>
          ) : null
        })}
      </div>
    </section>
  )
}
