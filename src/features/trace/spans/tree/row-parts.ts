import type { PathSegment } from '../../../../domain/tree/span-timing.ts'
import { TOGGLE_MARK } from '../../../../ui/tree/treegrid.tsx'
import type { TimeAxis } from '../timeline/time-axis.ts'
import { glyphPath } from './glyph-paths.ts'
import type { Bars } from './row-bars.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** A place for a glyph, or for a dot or ring drawn by CSS. */
export interface GlyphPart {
  readonly holder: HTMLElement
  readonly path: SVGPathElement
  readonly svg: SVGSVGElement
  readonly word: HTMLElement
  shown: string
}

/** The elements of one pooled row that painting writes to. */
export interface RowParts {
  readonly element: HTMLElement
  readonly state: GlyphPart
  readonly indent: HTMLElement
  readonly twisty: GlyphPart
  readonly kind: GlyphPart
  readonly name: HTMLElement
  readonly before: HTMLElement
  readonly main: HTMLElement
  readonly label: HTMLElement
  readonly hop: HTMLElement
  readonly count: HTMLElement
  readonly odd: GlyphPart
  readonly latency: HTMLElement
  readonly unit: HTMLElement
  readonly waterfall: HTMLElement
  readonly bars: HTMLElement[]
  readonly note: HTMLElement
}

const make = (tag: string, className: string, parent?: HTMLElement): HTMLElement => {
  const element = document.createElement(tag)
  element.className = className
  parent?.append(element)
  return element
}

const makeGlyph = (className: string, parent: HTMLElement): GlyphPart => {
  const holder = make('span', className, parent)
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  svg.append(path)
  holder.append(svg)
  const word = make('span', 'sr-only', holder)
  return { holder, svg, path, word, shown: '?' }
}

/** Builds the elements of a row once; painting only changes them. */
export const createRow = (): RowParts => {
  const element = make('div', 'row')
  element.setAttribute('role', 'row')
  const cell = (className: string) => {
    const made = make('span', className, element)
    made.setAttribute('role', 'gridcell')
    return made
  }
  const name = cell('nm')
  make('span', 'stripe', name)
  const state = makeGlyph('st', name)
  const indent = make('span', 'ind', name)
  const twisty = makeGlyph('tw', name)
  twisty.holder.setAttribute(TOGGLE_MARK, '')
  const kind = makeGlyph('kd', name)
  const odd = makeGlyph('odd', name)
  const text = make('bdi', 'name', name)
  const before = make('span', 'pre1', text)
  const main = make('b', '', text)
  const label = make('bdi', 'arg', name)
  const hop = make('span', 'hop', name)
  const count = make('span', 'cnt', name)
  const lat = cell('lat')
  const latency = make('span', '', lat)
  const unit = make('span', 'u', lat)
  const waterfall = cell('wf')
  const note = make('em', '', waterfall)
  return {
    element,
    state,
    indent,
    twisty,
    kind,
    name: text,
    before,
    main,
    label,
    hop,
    count,
    odd,
    latency,
    unit,
    waterfall,
    bars: [],
    note,
  }
}

/** Sets a text; empty ones take no room. */
export const setText = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text
  element.hidden = text === ''
}

/** Shows a glyph by its name (`dot` and `ring` are CSS's), its word for screen readers. */
export const setGlyph = (part: GlyphPart, glyph: string, word = ''): void => {
  if (part.shown !== glyph) {
    part.shown = glyph
    part.holder.dataset.glyph = glyph
    const drawn = glyph !== '' && glyph !== 'dot' && glyph !== 'ring'
    if (drawn) part.path.setAttribute('d', glyphPath(glyph))
    part.svg.style.display = drawn ? '' : 'none'
  }
  if (part.word.textContent === word) return
  part.word.textContent = word
  part.holder.title = word
}

const percent = (share: number): string => `${Math.round(share * 100_000) / 1000}%`

const place = (bar: HTMLElement, className: string, from: number, to: number) => {
  if (bar.className !== className) bar.className = className
  bar.style.left = percent(from)
  bar.style.width = percent(Math.max(0, to - from))
}

/** Draws the tint, the solid stretches over it and the stretches of the critical path under them. */
export const setBars = (
  parts: RowParts,
  bars: Bars | undefined,
  colour: string,
  critical: readonly PathSegment[] | undefined,
  axis: TimeAxis | undefined,
): void => {
  let used = 0
  const draw = (className: string, from: number, to: number) => {
    const bar = parts.bars[used] ?? make('i', '', parts.waterfall)
    parts.bars[used++] = bar
    place(bar, className, from, to)
  }
  if (bars) {
    draw(`tint ${colour}`, bars.left, bars.right)
    for (const [from, to] of bars.solid) draw(`solid ${colour}`, from, to)
  }
  if (critical && axis)
    for (const { from, to } of critical)
      if (to >= axis.from && from <= axis.to) draw('path', axis.toX(from), axis.toX(to))
  for (const bar of parts.bars.splice(used)) bar.remove()
}
