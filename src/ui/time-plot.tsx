import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { dayText, shortTime } from './text/format.ts'

export interface PlotSeries {
  readonly label: string
  /** A token's name: `mark-2`, `error`. Read when drawn, so that it follows the theme. */
  readonly token: string
  readonly values: readonly (number | null)[]
}

/** A canvas cannot read light-dark() from a custom property: set it as a colour, then read that. */
function colourOf(element: HTMLElement, token: string): string {
  const before = element.style.color
  element.style.color = `var(--${token})`
  const colour = getComputedStyle(element).color
  element.style.color = before
  return colour
}

const HEIGHT = 140
const DAY = 86_400

/** Steps of counts: never parts of one. */
const COUNTS = [1, 2, 5]
  .flatMap((each) => [0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => each * 10 ** power))
  .sort((a, b) => a - b)

/** Days where the marks stand days apart, else the time, and the day at midnight. µs, s */
function moment(us: number, step: number, utc: boolean): string {
  const day = dayText(us, utc, new Date(us / 1000).getFullYear())
  const time = shortTime(us, utc)
  return step >= DAY || time === '00:00' ? day : time
}

/**
 * Bars over time, stacked in the order given (the last in front). Decoration: the numbers stand beside it.
 * @param times seconds since the epoch, ascending; one a bar
 */
export function TimePlot({
  times,
  series,
  utc,
}: {
  readonly times: readonly number[]
  readonly series: readonly PlotSeries[]
  readonly utc: boolean
}) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (!element || times.length === 0) return
    const halfBar = ((times[1] ?? (times[0] ?? 0) + 1) - (times[0] ?? 0)) / 2
    const draw = () => {
      const text = colourOf(element, 'text-3')
      const grid = colourOf(element, 'grid')
      const axis = {
        stroke: text,
        grid: { stroke: grid, width: 1 },
        ticks: { show: false },
        font: '11px sans-serif',
      }
      const bars = uPlot.paths.bars?.({ size: [0.8, 24] })
      return new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          legend: { show: false },
          cursor: { show: false },
          tzDate: (seconds) =>
            utc ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
          scales: {
            // Half a bar more at both ends, so that the first and the last are whole.
            x: { range: (_plot, min, max) => [min - halfBar, max + halfBar] },
            y: { range: (_plot, _min, max) => [0, Math.max(1, max)] },
          },
          padding: [8, 20, 0, 0],
          axes: [
            {
              ...axis,
              size: 24,
              values: (_plot, splits, _axis, _space, step) => splits.map((at) => moment(at * 1e6, step, utc)),
            },
            { ...axis, size: 40, incrs: COUNTS },
          ],
          series: [
            {},
            ...series.map(({ label, token }) => ({
              label,
              fill: colourOf(element, token),
              width: 0,
              points: { show: false },
              ...(bars && { paths: bars }),
            })),
          ],
        },
        [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
        element,
      )
    }
    let plot = draw()
    const redraw = () => {
      plot.destroy()
      plot = draw()
    }
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', redraw)
    const themed = new MutationObserver(redraw)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      resized.disconnect()
      themed.disconnect()
      dark.removeEventListener('change', redraw)
      plot.destroy()
    }
  }, [times, series, utc])
  return <div ref={box} aria-hidden="true" style={{ height: HEIGHT }} />
}
