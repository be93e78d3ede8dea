import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import { durationText } from '../../../../ui/text/format.ts'
import { holdsFailure } from '../detail/own-failure.ts'
import type { Stretch } from './time-axis.ts'

/** px: a line of spans and the room to the next, the height of all. */
const LINE = 2
const PITCH = 3
const HEIGHT = 30
const LINES = HEIGHT / PITCH

/** A drag shorter than this is a click, px. */
const SLOP = 3

/** Whatever names a colour: a custom property of the theme, read as the colour of an element. */
const resolveColours = (host: HTMLElement, names: readonly string[]): ReadonlyMap<string, string> => {
  const probe = document.createElement('span')
  host.append(probe)
  const found = new Map<string, string>()
  for (const name of names) {
    probe.style.color = `var(${name})`
    found.set(name, getComputedStyle(probe).color)
  }
  probe.remove()
  return found
}

/** Which colour each row is drawn in: an index into the names of custom properties. */
export interface RowColours {
  readonly names: readonly string[]
  readonly of: Uint8Array
}

/** Fills columns of one line of the picture; what was filled stays unless `over`. */
const fillColumns = (pixels: Uint8Array, from: number, to: number, colour: number, over: boolean) => {
  if (!over && pixels[from] !== 0 && pixels[to - 1] !== 0) return
  for (let at = from; at < to; at++) if (over || pixels[at] === 0) pixels[at] = colour
}

/**
 * The picture at the resolution of pixels, a colour's index plus one for each: what stands in a column
 * already is not drawn again, so that 100,000 spans cost little more than 1,000.
 */
export const minimapPixels = (
  tree: SpanTree,
  extent: number,
  width: number,
  colours: RowColours,
): Uint8Array => {
  const pixels = new Uint8Array(LINES * width)
  const perMicro = width / Math.max(1, extent)
  const error = colours.names.length + 1
  const recovered = error + 1
  const { start, end, depth } = tree
  const mark = (row: number, colour: number, over: boolean) => {
    const line = Math.min(LINES - 1, depth[row] as number) * width
    const from = Math.min(width - 1, Math.max(0, Math.floor((start[row] as number) * perMicro)))
    const to = Math.min(width, Math.max(from + 1, Math.ceil((end[row] as number) * perMicro)))
    fillColumns(pixels, line + from, line + to, colour, over)
  }
  for (let row = 0; row < tree.size; row++) mark(row, (colours.of[row] as number) + 1, false)
  for (const row of tree.failures) if (tree.spans[row]?.state === 'recovered') mark(row, recovered, true)
  for (const row of tree.errors) if (!holdsFailure(tree, row)) mark(row, error, true)
  return pixels
}

const draw = (canvas: HTMLCanvasElement, tree: SpanTree, extent: number, colours: RowColours) => {
  const ratio = window.devicePixelRatio || 1
  const width = canvas.clientWidth
  canvas.width = Math.max(1, Math.round(width * ratio))
  canvas.height = HEIGHT * ratio
  const context = canvas.getContext('2d')
  if (!context || width === 0) return
  context.scale(ratio, ratio)
  const names = [...colours.names, '--error', '--warn']
  const resolved = resolveColours(canvas.parentElement ?? document.body, names)
  const pixels = minimapPixels(tree, extent, width, colours)
  for (let line = 0; line < LINES; line++) {
    for (let from = 0, to = 0; from < width; from = to) {
      const colour = pixels[line * width + from] as number
      for (to = from + 1; to < width && pixels[line * width + to] === colour; ) to++
      if (colour === 0) continue
      context.fillStyle = resolved.get(names[colour - 1] ?? '') ?? 'gray'
      context.fillRect(from, line * PITCH, to - from, LINE)
    }
  }
}

/** Counts changes of the theme: colours on a canvas do not follow it by themselves. */
function useThemeChanges(): number {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1)
    const scheme = window.matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', changed)
    const observer = new MutationObserver(changed)
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      scheme.removeEventListener('change', changed)
      observer.disconnect()
    }
  }, [])
  return changes
}

const Edge = ({
  label,
  time,
  left,
  onStep,
}: {
  readonly label: string
  readonly time: number
  readonly left: number
  readonly onStep: (by: number) => void
}) => (
  <span
    role="slider"
    tabIndex={0}
    aria-label={label}
    aria-valuenow={Math.round(time / 1000)}
    aria-valuetext={durationText(time)}
    onKeyDown={(event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key]
      if (by === undefined) return
      event.preventDefault()
      event.stopPropagation()
      onStep(by)
    }}
    className="absolute top-[11px] z-10 -ml-[3px] h-3.5 w-[5px] cursor-ew-resize rounded-1 border border-accent bg-surface-1"
    style={{ left: `${left * 100}%` }}
  />
)

/** The whole trace small, and the window that the waterfall shows: drag to zoom, drag inside to move. */
export function Minimap({
  tree,
  extent,
  colours,
  window: shown,
  onWindow,
}: {
  readonly tree: SpanTree
  /** µs that the whole width stands for. */
  readonly extent: number
  readonly colours: RowColours
  /** What the waterfall shows; undefined = all. */
  readonly window: Stretch | undefined
  readonly onWindow: (window: Stretch | undefined) => void
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useThemeChanges()
  const [dragged, setDragged] = useState<Stretch>()
  const drag = useRef({ x: 0, moves: false, from: shown })
  useLayoutEffect(() => {
    const element = canvas.current
    if (!element) return
    let drawn = -1
    const paint = () => {
      if (element.clientWidth === drawn) return
      drawn = element.clientWidth
      draw(element, tree, extent, colours)
    }
    // Observing also draws it first, once its size is known and after the rows.
    const resized = new ResizeObserver(paint)
    resized.observe(element)
    return () => resized.disconnect()
  }, [tree, extent, colours, theme])

  const timeAt = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * extent
  }
  const within = (from: number, to: number): Stretch => ({
    from: Math.max(0, Math.min(from, to)),
    to: Math.min(extent, Math.max(from, to, 1)),
  })
  const moved = (window: Stretch, by: number): Stretch => {
    const shift = Math.min(extent - window.to, Math.max(-window.from, by))
    return { from: window.from + shift, to: window.to + shift }
  }
  const isAll = ({ from, to }: Stretch) => from <= 0 && to >= extent
  const settle = (window: Stretch) => onWindow(isAll(window) || window.to <= window.from ? undefined : window)

  const now = dragged ?? shown ?? { from: 0, to: extent }
  const [left, right] = extent > 0 ? [now.from / extent, now.to / extent] : [0, 1]
  const step = Math.max(1, extent / 100)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is the pointer's way; the edges take keys
    <div
      className="absolute inset-0 cursor-crosshair touch-none"
      onPointerDown={(event) => {
        if (event.button !== 0 || extent <= 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const time = timeAt(event)
        const edge = (8 / event.currentTarget.clientWidth) * extent
        const zoomed = shown !== undefined
        const onFrom = zoomed && Math.abs(time - now.from) < edge
        const onTo = zoomed && Math.abs(time - now.to) < edge
        const inside = zoomed && time > now.from && time < now.to
        const anchor = onFrom ? now.to : onTo ? now.from : time
        drag.current = {
          x: event.clientX,
          moves: inside && !onFrom && !onTo,
          from: { from: anchor, to: time },
        }
        if (drag.current.moves) drag.current.from = { from: time, to: time }
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        if (!dragged && Math.abs(event.clientX - drag.current.x) < SLOP) return
        const anchor = drag.current.from?.from ?? 0
        const time = timeAt(event)
        setDragged(drag.current.moves && shown ? moved(shown, time - anchor) : within(anchor, time))
      }}
      onPointerUp={() => {
        if (dragged) settle(dragged)
        setDragged(undefined)
      }}
      onPointerCancel={() => setDragged(undefined)}
      onDoubleClick={() => onWindow(undefined)}
    >
      <span aria-hidden="true">
        <canvas ref={canvas} className="absolute inset-x-0 top-[3px] h-[30px] w-full" />
      </span>
      {(shown || dragged) && (
        <>
          <span className="absolute inset-y-0 left-0 bg-surface-0/70" style={{ width: `${left * 100}%` }} />
          <span
            className="absolute inset-y-0 right-0 bg-surface-0/70"
            style={{ width: `${(1 - right) * 100}%` }}
          />
        </>
      )}
      <span
        className="absolute inset-y-0 border-x border-accent"
        style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}
      />
      <Edge
        label="Start of the shown time"
        time={now.from}
        left={left}
        onStep={(by) => settle(within(Math.min(now.from + by * step, now.to - step), now.to))}
      />
      <Edge
        label="End of the shown time"
        time={now.to}
        left={right}
        onStep={(by) => settle(within(now.from, Math.max(now.to + by * step, now.from + step)))}
      />
    </div>
  )
}
