/**
 * Fixed-height rows in a scrolling box. Browsers clamp the height of an element (Firefox at 17.9, Chrome at
 * 33.5 million px), so beyond MAX_SCROLL_HEIGHT the scroll bar is scaled: one px of it stands for several.
 */
export const MAX_SCROLL_HEIGHT = 16_000_000

export interface RowBox {
  readonly rows: number
  /** px */
  readonly rowHeight: number
  /** px of the box that are seen. */
  readonly viewport: number
}

/** What is in the document: rows `first` to `last` (exclusive), the first one drawn at `top` px. */
export interface RowWindow {
  readonly first: number
  readonly last: number
  readonly top: number
}

/** Height in px of the element that gives the box its scroll bar. */
export const scrollHeightOf = (box: RowBox): number => Math.min(box.rows * box.rowHeight, MAX_SCROLL_HEIGHT)

/** Virtual px per px of the scroll bar: 1 unless scaled. */
const scaleOf = (box: RowBox): number => {
  const room = scrollHeightOf(box) - box.viewport
  if (room <= 0 || box.rows * box.rowHeight <= MAX_SCROLL_HEIGHT) return 1
  return (box.rows * box.rowHeight - box.viewport) / room
}

/** Where the rows stand (virtual px) when the scroll bar stands at `scrollTop`. */
export const rowOffsetAt = (box: RowBox, scrollTop: number): number => scrollTop * scaleOf(box)

/** The rows to draw at a scroll position, with `overscan` more at both ends. */
export const windowAt = (box: RowBox, scrollTop: number, overscan: number): RowWindow => {
  const offset = rowOffsetAt(box, scrollTop)
  const first = Math.max(0, Math.floor(offset / box.rowHeight) - overscan)
  const last = Math.min(box.rows, Math.ceil((offset + box.viewport) / box.rowHeight) + overscan)
  return { first, last: Math.max(first, last), top: Math.round(scrollTop - (offset - first * box.rowHeight)) }
}

/** `upper` = a fifth below the top: seen even where the box runs out of the window. */
export type Align = 'nearest' | 'center' | 'upper'

/** The scroll position that shows a row, or the present one where it is wholly in view already. */
export const scrollTopFor = (box: RowBox, scrollTop: number, row: number, align: Align): number => {
  const offset = rowOffsetAt(box, scrollTop)
  const top = row * box.rowHeight
  const bottom = top + box.rowHeight
  const inView = top >= offset && bottom <= offset + box.viewport
  if (inView && align !== 'upper') return scrollTop
  const wanted = {
    nearest: top < offset ? top : bottom - box.viewport,
    center: top - (box.viewport - box.rowHeight) / 2,
    upper: top - box.viewport / 5,
  }[align]
  const most = Math.max(0, box.rows * box.rowHeight - box.viewport)
  return Math.min(most, Math.max(0, wanted)) / scaleOf(box)
}
