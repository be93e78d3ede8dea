import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react'
import { type PooledRow, RowPool } from './row-pool.ts'
import { type TreegridShape, treegridAction, typeAhead } from './treegrid-keys.ts'
import { type Align, scrollHeightOf, scrollTopFor, windowAt } from './virtual-window.ts'

const OVERSCAN = 8
/** A pause that begins a new text, ms. */
const TYPE_AHEAD_PAUSE = 700

export interface TreegridHandle {
  /** Scrolls a row into view. */
  reveal(row: number, align: Align): void
  focus(): void
}

export interface TreegridProps<Row extends PooledRow> {
  readonly label: string
  readonly shape: TreegridShape
  /** px; the same for all rows. */
  readonly rowHeight: number
  /** The row the keyboard stands on, or -1. */
  readonly active: number
  /** DOM id of a row, unique in the page. */
  readonly rowId: (row: number) => string
  readonly create: () => Row
  /** Paints a pooled element as a row, its ARIA included. Called anew whenever it or `shape` changes. */
  readonly paint: (row: Row, index: number) => void
  readonly onMove: (row: number) => void
  readonly onToggle: (row: number, expanded: boolean) => void
  readonly onExpandSiblings: (row: number) => void
  readonly onOpen: (row: number) => void
  readonly className?: string
  readonly handle?: Ref<TreegridHandle>
}

/** Rows of an element marked so toggle where it is clicked. */
export const TOGGLE_MARK = 'data-toggles'

/**
 * A tree of any length as WAI-ARIA's treegrid: one tab stop, `aria-activedescendant`, a few pooled elements.
 * Rows are painted by the caller; React renders the box once.
 */
export const Treegrid = <Row extends PooledRow>(props: TreegridProps<Row>) => {
  const box = useRef<HTMLDivElement>(null)
  const spacer = useRef<HTMLDivElement>(null)
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const pool = useRef<RowPool<Row> | null>(null)
  const typed = useRef({ text: '', at: 0 })

  const measure = () => ({
    rows: latest.current.shape.rows,
    rowHeight: latest.current.rowHeight,
    viewport: box.current?.clientHeight ?? 0,
  })
  const show = (afresh: boolean) => {
    const scroller = box.current
    if (!scroller) return
    const shown = windowAt(measure(), scroller.scrollTop, OVERSCAN)
    pool.current?.show(shown, afresh)
    // A reference to a row that is not in the document would be a broken one.
    const { active, rowId } = latest.current
    const inDocument = active >= shown.first && active < shown.last
    if (inDocument) scroller.setAttribute('aria-activedescendant', rowId(active))
    else scroller.removeAttribute('aria-activedescendant')
  }

  useLayoutEffect(() => {
    const scroller = box.current
    if (!host.current || !scroller) return
    pool.current = new RowPool(
      host.current,
      () => latest.current.create(),
      (row, index) => latest.current.paint(row, index),
    )
    const onScroll = () => show(false)
    scroller.addEventListener('scroll', onScroll, { passive: true })
    const resized = new ResizeObserver(() => show(false))
    resized.observe(scroller)
    return () => {
      scroller.removeEventListener('scroll', onScroll)
      resized.disconnect()
      pool.current?.clear()
    }
    // The pool lives as long as the box; what it paints with is read from `latest`.
  }, [])

  const { shape, paint, rowHeight } = props
  useLayoutEffect(() => {
    if (spacer.current) spacer.current.style.height = `${scrollHeightOf(measure())}px`
    show(true)
  }, [shape, paint, rowHeight])

  useImperativeHandle(props.handle, () => ({
    reveal: (row, align) => {
      if (!box.current || row < 0) return
      box.current.scrollTop = scrollTopFor(measure(), box.current.scrollTop, row, align)
      show(false)
    },
    focus: () => box.current?.focus({ preventScroll: true }),
  }))

  useLayoutEffect(() => {
    const scroller = box.current
    if (scroller && props.active >= 0)
      scroller.scrollTop = scrollTopFor(measure(), scroller.scrollTop, props.active, 'nearest')
    show(false)
  }, [props.active])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor(measure().viewport / props.rowHeight) - 1)
    const action = treegridAction(event.key, props.active, props.shape, page)
    if (action) {
      event.preventDefault()
      if (action.does === 'move') props.onMove(action.row)
      else if (action.does === 'open') props.onOpen(action.row)
      else if (action.does === 'expand-siblings') props.onExpandSiblings(action.row)
      else props.onToggle(action.row, action.does === 'expand')
      return
    }
    if (event.key.length !== 1 || !/[\p{L}\p{N}_.\- ]/u.test(event.key)) return
    const now = event.timeStamp
    const before = now - typed.current.at < TYPE_AHEAD_PAUSE ? typed.current.text : ''
    if (before === '' && event.key === ' ') return
    typed.current = { text: before + event.key, at: now }
    const row = typeAhead(typed.current.text, props.active, props.shape)
    // A typed text belongs to the tree; single-letter keys of the page must not act on it as well.
    event.stopPropagation()
    event.preventDefault()
    if (row >= 0) props.onMove(row)
  }

  const rowOf = (event: MouseEvent): number =>
    event.target instanceof Element ? (pool.current?.indexOf(event.target.closest('[role="row"]')) ?? -1) : -1
  const onClick = (event: MouseEvent) => {
    const row = rowOf(event)
    if (row < 0) return
    const toggles = event.target instanceof Element && event.target.closest(`[${TOGGLE_MARK}]`)
    const expanded = props.shape.expanded(row)
    if (toggles && expanded !== undefined) props.onToggle(row, !expanded)
    else props.onMove(row)
  }
  const onDoubleClick = (event: MouseEvent) => {
    const row = rowOf(event)
    const expanded = row < 0 ? undefined : props.shape.expanded(row)
    const toggles = event.target instanceof Element && event.target.closest(`[${TOGGLE_MARK}]`)
    if (expanded !== undefined && !toggles) props.onToggle(row, !expanded)
  }

  return (
    <div
      ref={box}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={props.shape.rows}
      tabIndex={0}
      className={props.className}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
    >
      <div ref={spacer} role="none" style={{ position: 'relative', overflow: 'hidden' }}>
        <div ref={host} role="none" style={{ position: 'absolute', inset: '0 0 auto' }} />
      </div>
    </div>
  )
}
