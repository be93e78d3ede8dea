import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'

const STEP = 8
const NEIGHBOURS: Record<string, 1 | -1> = { ArrowDown: 1, ArrowUp: -1 }

/**
 * A column's edge to drag. For the keyboard all edges are one tab stop: left and right resize by 8 px (with
 * Shift by 40), up and down go to the next edge, Enter, Delete and a double click restore.
 */
export function ColumnEdge({
  label,
  width,
  least,
  first,
  onWidth,
}: {
  readonly label: string
  /** px */
  readonly width: number
  readonly least: number
  /** Takes part in the order of tabs. */
  readonly first: boolean
  /** undefined = the column's own width. */
  readonly onWidth: (width: number | undefined) => void
}) {
  const grip = useRef<{ readonly x: number; readonly width: number } | undefined>(undefined)
  const [gripped, setGripped] = useState(false)

  const begin = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.preventDefault()
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    grip.current = { x: event.clientX, width }
    setGripped(true)
  }
  const follow = (event: PointerEvent) => {
    if (grip.current) onWidth(Math.max(least, grip.current.width + event.clientX - grip.current.x))
  }
  const end = () => {
    grip.current = undefined
    setGripped(false)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key]
    const neighbour = NEIGHBOURS[event.key]
    if (by !== undefined) onWidth(Math.max(least, width + by * (event.shiftKey ? 5 : 1)))
    else if (neighbour !== undefined) {
      const edges = [
        ...(event.currentTarget.closest('tr')?.querySelectorAll<HTMLElement>('[role=separator]') ?? []),
      ]
      edges[edges.indexOf(event.currentTarget) + neighbour]?.focus()
    } else if (event.key === 'Enter' || event.key === 'Delete') onWidth(undefined)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be operated; this separator can
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={Math.round(width)}
      aria-valuemin={least}
      title="Drag to resize; keys: ← → resize, ↑ ↓ next column, Enter restores"
      tabIndex={first ? 0 : -1}
      onKeyDown={onKeyDown}
      onPointerDown={begin}
      onPointerMove={follow}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => onWidth(undefined)}
      className={`absolute inset-y-1 right-0 w-[7px] cursor-col-resize touch-none border-r focus-visible:border-accent focus-visible:outline-none ${gripped ? 'border-accent' : 'border-transparent group-hover:border-border-2 hover:border-accent'} focus-visible:border-r-2`}
    />
  )
}
