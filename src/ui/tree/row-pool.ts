import type { RowWindow } from './virtual-window.ts'

export interface PooledRow {
  readonly element: HTMLElement
}

/**
 * Rows of a long list kept as a few elements that are painted anew as they scroll in. Elements stand in the
 * document in the order of their rows, so that a screen reader walks them in order.
 */
export class RowPool<Row extends PooledRow> {
  private readonly host: HTMLElement
  private readonly create: () => Row
  private readonly paint: (row: Row, index: number) => void
  private rows: Row[] = []
  private first = 0

  constructor(host: HTMLElement, create: () => Row, paint: (row: Row, index: number) => void) {
    this.host = host
    this.create = create
    this.paint = paint
  }

  /** Shows a window; rows that were shown already are left alone unless `afresh`. */
  show(shown: RowWindow, afresh: boolean): void {
    const count = shown.last - shown.first
    const shift = shown.first - this.first
    const reuse = !afresh && Math.abs(shift) < this.rows.length
    if (reuse) this.rotate(shift)
    const kept = reuse ? this.keptRange(shift) : { from: 0, to: 0 }
    this.first = shown.first
    this.resize(count)
    this.host.style.transform = `translateY(${shown.top}px)`
    for (let i = 0; i < this.rows.length; i++) {
      const row = this.rows[i]
      if (row && (i < kept.from || i >= kept.to)) this.paint(row, shown.first + i)
    }
  }

  /** Paints every shown row anew. */
  repaint(): void {
    for (let i = 0; i < this.rows.length; i++) {
      const row = this.rows[i]
      if (row) this.paint(row, this.first + i)
    }
  }

  /** The row that an element inside the list belongs to, or -1. */
  indexOf(element: Element | null): number {
    const at = this.rows.findIndex((row) => row.element === element)
    return at < 0 ? -1 : this.first + at
  }

  clear(): void {
    for (const row of this.rows) row.element.remove()
    this.rows = []
    this.first = 0
  }

  /** Elements that left at one end are put in at the other. */
  private rotate(shift: number): void {
    if (shift > 0) {
      const moved = this.rows.splice(0, shift)
      this.host.append(...moved.map((row) => row.element))
      this.rows.push(...moved)
    } else if (shift < 0) {
      const moved = this.rows.splice(this.rows.length + shift)
      this.host.prepend(...moved.map((row) => row.element))
      this.rows.unshift(...moved)
    }
  }

  private keptRange(shift: number): { from: number; to: number } {
    return shift >= 0 ? { from: 0, to: this.rows.length - shift } : { from: -shift, to: this.rows.length }
  }

  private resize(count: number): void {
    while (this.rows.length < count) {
      const row = this.create()
      this.host.append(row.element)
      this.rows.push(row)
    }
    for (const row of this.rows.splice(count)) row.element.remove()
  }
}
