import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'

interface Place {
  readonly left: number
  readonly top: number
  readonly maxHeight: number
}

const MARGIN = 8
const GAP = 4

/** Below the anchor where there is room, else above; never over an edge of the window. */
const placeAt = (anchor: DOMRect, panel: DOMRect, align: 'start' | 'end'): Place => {
  const wanted = align === 'start' ? anchor.left : anchor.right - panel.width
  const left = Math.max(MARGIN, Math.min(wanted, window.innerWidth - panel.width - MARGIN))
  const below = window.innerHeight - anchor.bottom - GAP - MARGIN
  const above = anchor.top - GAP - MARGIN
  const opensBelow = below >= Math.min(panel.height, 240) || below >= above
  return opensBelow
    ? { left, top: anchor.bottom + GAP, maxHeight: below }
    : { left, top: Math.max(MARGIN, anchor.top - GAP - Math.min(panel.height, above)), maxHeight: above }
}

/**
 * A panel that floats at its anchor. Mount it to open it. Focus goes to its first control (or to the element
 * marked `data-autofocus`) and back to the anchor; Esc and a click elsewhere close.
 */
export function Popover({
  anchor,
  label,
  onClose,
  align = 'start',
  className = '',
  children,
}: {
  readonly anchor: RefObject<HTMLElement | null>
  readonly label: string
  readonly onClose: () => void
  readonly align?: 'start' | 'end'
  readonly className?: string
  readonly children: ReactNode
}) {
  const panel = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  close.current = onClose
  const [place, setPlace] = useState<Place>()

  const settle = useCallback(() => {
    if (!anchor.current || !panel.current) return
    const next = placeAt(anchor.current.getBoundingClientRect(), panel.current.getBoundingClientRect(), align)
    setPlace((old) =>
      old && old.left === next.left && old.top === next.top && old.maxHeight === next.maxHeight ? old : next,
    )
  }, [anchor, align])

  // After every render: what is chosen in the panel may move its anchor.
  useLayoutEffect(settle)

  useLayoutEffect(() => {
    const observer = new ResizeObserver(settle)
    if (panel.current) observer.observe(panel.current)
    window.addEventListener('resize', settle)
    window.addEventListener('scroll', settle, true)
    return () => {
      observer.disconnect()
      window.removeEventListener('resize', settle)
      window.removeEventListener('scroll', settle, true)
    }
  }, [settle])

  // Only what is visible takes the focus.
  const placed = place !== undefined
  useEffect(() => {
    if (!placed) return
    const inside = panel.current
    const first =
      inside?.querySelector<HTMLElement>('[data-autofocus]') ??
      inside?.querySelector<HTMLElement>('input, button, [tabindex="0"], a[href]')
    first?.focus()
  }, [placed])

  useEffect(() => {
    const opener = anchor.current
    const inside = panel.current
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Node
      if (!inside?.contains(target) && !opener?.contains(target)) close.current()
    }
    // Heard from the document: a control that goes away leaves the focus nowhere.
    const onKeyDown = (event: KeyboardEvent) => {
      const { activeElement } = document
      if (event.key !== 'Escape' || !(activeElement === document.body || inside?.contains(activeElement)))
        return
      event.preventDefault()
      event.stopPropagation()
      close.current()
    }
    document.addEventListener('pointerdown', onPointer, true)
    document.addEventListener('keydown', onKeyDown, true)
    return () => {
      document.removeEventListener('pointerdown', onPointer, true)
      document.removeEventListener('keydown', onKeyDown, true)
      if (inside?.contains(document.activeElement) || document.activeElement === document.body)
        opener?.focus()
    }
  }, [anchor])

  return (
    <div
      ref={panel}
      role="dialog"
      aria-label={label}
      data-popover=""
      style={{
        left: place?.left ?? 0,
        top: place?.top ?? 0,
        maxHeight: place?.maxHeight,
        visibility: place ? 'visible' : 'hidden',
      }}
      className={`fixed z-50 overflow-auto rounded-2 bg-surface-overlay text-data text-text-1 shadow-overlay ${className}`}
    >
      {children}
    </div>
  )
}
