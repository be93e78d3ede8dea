import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'

const STEP = 16

const clamp = (size: number, min: number, max: number): number =>
  Math.round(Math.max(min, Math.min(size, max)))

/**
 * Two regions that share one hairline: the second has a size in px that can be dragged or set by arrow keys;
 * a double click or Home restores `initial`. `beside` = to the right, `below` = under.
 */
export function SplitPane({
  label,
  direction,
  size,
  initial,
  min,
  max,
  onResize,
  children,
  pane,
  className = '',
}: {
  /** What is resized: `Peek`, `Span`. */
  readonly label: string
  readonly direction: 'beside' | 'below'
  readonly size: number
  readonly initial: number
  readonly min: number
  readonly max: number
  /** Called when a drag or key settles on a size. */
  readonly onResize: (size: number) => void
  readonly children: ReactNode
  /** The second region; absent = the first fills all. */
  readonly pane?: ReactNode
  readonly className?: string
}) {
  const [dragged, setDragged] = useState<number>()
  const start = useRef({ at: 0, size: 0 })
  const beside = direction === 'beside'
  const now = clamp(dragged ?? size, min, max)
  const at = (event: PointerEvent) => (beside ? event.clientX : event.clientY)

  const onKeyDown = (event: KeyboardEvent) => {
    const grow = beside ? 'ArrowLeft' : 'ArrowUp'
    const shrink = beside ? 'ArrowRight' : 'ArrowDown'
    const next =
      event.key === grow
        ? now + STEP
        : event.key === shrink
          ? now - STEP
          : event.key === 'Home'
            ? initial
            : undefined
    if (next === undefined) return
    event.preventDefault()
    onResize(clamp(next, min, max))
  }

  // In a low window the pane below takes its part, never all: what it belongs to stays in sight.
  const room = beside ? `${now}px` : `min(${now}px, 55%)`
  const template = pane ? `minmax(0, 1fr) ${room}` : 'minmax(0, 1fr)'
  return (
    <div
      className={`grid min-h-0 min-w-0 ${className}`}
      style={
        beside
          ? { gridTemplateColumns: template, gridTemplateRows: 'minmax(0, 1fr)' }
          : { gridTemplateRows: template, gridTemplateColumns: 'minmax(0, 1fr)' }
      }
    >
      {children}
      {pane && (
        <div
          className={`relative flex min-h-0 min-w-0 flex-col border-border-2 ${beside ? 'border-l' : 'border-t'}`}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be operated; this separator can */}
          <div
            role="separator"
            aria-label={`${label} size`}
            aria-orientation={beside ? 'vertical' : 'horizontal'}
            aria-valuenow={now}
            aria-valuemin={min}
            aria-valuemax={max}
            tabIndex={0}
            onKeyDown={onKeyDown}
            onDoubleClick={() => onResize(initial)}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId)
              start.current = { at: at(event), size: now }
            }}
            onPointerMove={(event) => {
              if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
              setDragged(clamp(start.current.size + start.current.at - at(event), min, max))
            }}
            onPointerUp={() => {
              if (dragged !== undefined) onResize(dragged)
              setDragged(undefined)
            }}
            onPointerCancel={() => setDragged(undefined)}
            className={`absolute z-20 touch-none hover:bg-accent-line focus-visible:bg-accent-line focus-visible:outline-none ${
              beside
                ? 'inset-y-0 -left-[3px] w-[5px] cursor-col-resize'
                : 'inset-x-0 -top-[3px] h-[5px] cursor-row-resize'
            }`}
          />
          {pane}
        </div>
      )}
    </div>
  )
}
