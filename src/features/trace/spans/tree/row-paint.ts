import type { Fold } from '../../../../domain/tree/span-rows.ts'
import { foldAt, ORPHANS } from '../../../../domain/tree/span-rows.ts'
import type { PathSegment } from '../../../../domain/tree/span-timing.ts'
import { MARK, type SpanTree } from '../../../../domain/tree/span-tree.ts'
import { scaledDuration } from '../../../../ui/text/format.ts'
import { printable } from '../../../../ui/text/printable-text.ts'
import { holdsFailure } from '../detail/own-failure.ts'
import type { TimeAxis } from '../timeline/time-axis.ts'
import { barsOf } from './row-bars.ts'
import { type RowParts, setBars, setGlyph, setText } from './row-parts.ts'
import type { ShownShape } from './shown-shape.ts'
import { nameParts } from './span-name.ts'

/** All that rows are painted from. */
export interface PaintContext {
  readonly tree: SpanTree
  readonly folds: readonly Fold[]
  readonly shape: ShownShape
  readonly axis: TimeAxis
  /** Shown index that is selected, or -1. */
  readonly active: number
  /** Tree row where the failure began, or -1. */
  readonly rootCause: number
  readonly colourBy: 'kind' | 'service'
  /** 0 to 5 for each service. */
  readonly colourOf: (service: string) => number
  /** By tree row, while the critical path is shown. */
  readonly critical: ReadonlyMap<number, readonly PathSegment[]> | undefined
  /** By tree row, while something is looked for: rows that only lead to a match are dim. */
  readonly matches: Uint8Array | undefined
  readonly orphans: number
  readonly collapsed: ReadonlySet<number>
}

export const rowId = (index: number): string => `span-row-${index}`

const STATE_GLYPHS = {
  ok: { glyph: 'dot', word: 'ok' },
  error: { glyph: 'error', word: 'error' },
  recovered: { glyph: 'warn', word: 'failed, then recovered' },
  'contains-error': { glyph: 'ring', word: 'an error inside' },
  running: { glyph: 'pending', word: 'running' },
} as const

const ODDITIES = [
  [MARK.skew, 'Clocks disagree: it starts before its parent, or ends before it starts'],
  [MARK.duplicateId, 'Another span has the same id'],
  [MARK.cycle, 'Its parents lead back to it'],
  [MARK.selfParent, 'It names itself as its parent'],
] as const

const oddityOf = (marks: number): string =>
  ODDITIES.filter(([bit]) => (marks & bit) !== 0)
    .map(([, words]) => words)
    .join('. ')

const setAria = (element: HTMLElement, index: number, { shape, active }: PaintContext) => {
  element.id = rowId(index)
  element.ariaLevel = String((shape.levels[index] ?? 0) + 1)
  element.ariaRowIndex = String(index + 1)
  element.ariaPosInSet = String(shape.positions[index])
  element.ariaSetSize = String(shape.setSize(index))
  element.ariaSelected = String(index === active)
  const expanded = shape.expanded(index)
  if (expanded === undefined) element.removeAttribute('aria-expanded')
  else element.ariaExpanded = String(expanded)
}

const setClass = (element: HTMLElement, name: string) => {
  if (element.className !== name) element.className = name
}

const setTwisty = (parts: RowParts, expanded: boolean | undefined) =>
  setGlyph(parts.twisty, expanded === undefined ? '' : expanded ? 'down' : 'right')

const setDuration = (parts: RowParts, micros: number | null) => {
  if (micros === null) {
    setText(parts.latency, 'running')
    setText(parts.unit, '')
    return
  }
  const { value, unit } = scaledDuration(micros)
  setText(parts.latency, value)
  setText(parts.unit, unit)
}

const paintSpan = (parts: RowParts, row: number, index: number, context: PaintContext) => {
  const { tree, shape, colourOf, colourBy, axis } = context
  const span = tree.spans[row]
  if (!span) return
  const expanded = shape.expanded(index)
  const service = colourOf(span.service)
  const parent = tree.spans[tree.parent[row] as number]
  const failed = span.state === 'error'
  const dim = context.matches !== undefined && !context.matches[row]
  const isCause = row === context.rootCause
  setClass(parts.element, `row s-${service + 1}${failed ? ' err' : ''}${dim ? ' dim' : ''}`)
  const { glyph, word } = STATE_GLYPHS[span.state]
  setGlyph(parts.state, glyph, word)
  setTwisty(parts, expanded)
  setGlyph(parts.kind, span.kind, span.kind)
  const { before, main } = nameParts(span.name, span.kind)
  setText(parts.before, printable(before))
  setText(parts.main, printable(main))
  parts.main.title = printable(span.name)
  setText(parts.label, span.label === undefined ? '' : printable(span.label))
  setText(parts.hop, parent && parent.service === span.service ? '' : parent ? printable(span.service) : '')
  const hidden = context.collapsed.has(row) ? (tree.subtree[row] as number) - 1 : 0
  setText(parts.count, hidden > 0 ? String(hidden) : '')
  const oddity = oddityOf(tree.marks[row] as number)
  setGlyph(parts.odd, oddity === '' ? '' : 'warn', oddity)
  setDuration(parts, span.duration)
  const bars = barsOf(tree, row, axis, hidden > 0)
  const ownFailure = failed && !holdsFailure(tree, row)
  const colour = ownFailure || isCause ? 'error' : colourBy === 'kind' ? `k-${span.kind}` : 'service'
  setBars(parts, bars, colour, context.critical?.get(row), axis)
  parts.waterfall.classList.toggle('off-path', context.critical !== undefined && !context.critical.has(row))
  setNote(parts, isCause ? 'root cause' : '', bars?.left ?? 0, bars?.right ?? 0)
}

const ROOM_FOR_NOTE = 0.16

const setNote = (parts: RowParts, text: string, left: number, right: number) => {
  setText(parts.note, text)
  if (text === '') return
  const before = left > ROOM_FOR_NOTE
  parts.note.style.left = before ? '' : `${Math.min(right, 1 - ROOM_FOR_NOTE) * 100}%`
  parts.note.style.right = before ? `${(1 - left) * 100}%` : ''
}

const paintFold = (parts: RowParts, fold: Fold, index: number, context: PaintContext) => {
  const first = context.tree.spans[fold.rows[0] as number]
  const failed = fold.state === 'error'
  setClass(parts.element, `row fold s-${context.colourOf(first?.service ?? '') + 1}${failed ? ' err' : ''}`)
  const { glyph, word } = STATE_GLYPHS[fold.state]
  setGlyph(parts.state, fold.state === 'ok' ? '' : glyph, word)
  setGlyph(parts.twisty, context.shape.expanded(index) ? 'down' : 'fold')
  setGlyph(parts.kind, fold.kind, fold.kind)
  const { main } = nameParts(fold.name, fold.kind)
  setText(parts.before, '')
  const folded = context.shape.expanded(index) ? '' : ' folded'
  setText(parts.main, `${fold.rows.length} × ${printable(main)}${folded}`)
  parts.main.title = printable(fold.name)
  setText(parts.label, labelOf(fold, context.tree))
  setText(parts.hop, '')
  setText(parts.count, '')
  setGlyph(parts.odd, '')
  setDuration(parts, fold.total)
  const { axis } = context
  const left = axis.toX(fold.from)
  const right = axis.toX(fold.to)
  setBars(parts, { left, right, solid: [[left, right]] }, `k-${fold.kind}`, undefined, axis)
  setNote(parts, '', 0, 0)
}

/** The label that all members share. */
const labelOf = (fold: Fold, tree: SpanTree): string => {
  const label = tree.spans[fold.rows[0] as number]?.label
  if (label === undefined) return ''
  return fold.rows.every((row) => tree.spans[row]?.label === label) ? printable(label) : ''
}

const paintOrphans = (parts: RowParts, { orphans }: PaintContext) => {
  setClass(parts.element, 'row group')
  for (const glyph of [parts.state, parts.kind]) setGlyph(glyph, '')
  for (const text of [parts.before, parts.label, parts.hop, parts.count, parts.unit, parts.latency])
    setText(text, '')
  setGlyph(parts.odd, 'warn', 'The spans that these hang under are not in the trace')
  setText(parts.main, `Parent not recorded · ${orphans} ${orphans === 1 ? 'span' : 'spans'}`)
  parts.main.title = ''
  setBars(parts, undefined, '', undefined, undefined)
  setNote(parts, '', 0, 0)
}

/** Paints a pooled element as the shown row at `index`. */
export const paintRow = (parts: RowParts, index: number, context: PaintContext): void => {
  const code = context.shape.codes[index]
  if (code === undefined) return
  setAria(parts.element, index, context)
  parts.indent.style.width = `${Math.min(context.shape.levels[index] ?? 0, MOST_INDENT) * 12}px`
  if (code === ORPHANS) {
    paintOrphans(parts, context)
    setTwisty(parts, context.shape.expanded(index))
    return
  }
  const fold = context.folds[foldAt(code)]
  if (code >= 0) paintSpan(parts, code, index, context)
  else if (fold) paintFold(parts, fold, index, context)
}

/** Deeper rows are not pushed further: the name must keep its room. The level is in ARIA and on the span. */
const MOST_INDENT = 24
