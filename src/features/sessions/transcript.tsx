import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  memo,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useTrace } from '../../state/queries.ts'
import { useScrollRestoration } from '../../state/scroll-restoration.ts'
import { dayText, sameDay } from '../../ui/text/format.ts'
import { wasAway } from './session-measures.ts'
import { TRANSCRIPT_COLUMNS, TurnRow } from './turn-row.tsx'

/** A turn's whole texts are asked for once it has stayed in view this long, ms: not while one scrolls past. */
const DWELL = 120
const ESTIMATE = 96

function useDwelt(): boolean {
  const [dwelt, setDwelt] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setDwelt(true), DWELL)
    return () => clearTimeout(timer)
  }, [])
  return dwelt
}

interface Shown {
  readonly turns: readonly TraceSummary[]
  readonly source: string
  readonly plain: boolean
  readonly longest: number
}

/** Drawn anew only where its own turn changed: scrolling draws the list many times a second. */
const Turn = memo(function Turn({
  turns,
  at,
  source,
  plain,
  longest,
  selected,
}: Shown & { readonly at: number; readonly selected: boolean }) {
  const { utc } = usePreferences()
  const dwelt = useDwelt()
  const turn = turns[at]
  const trace = useTrace(dwelt ? turn?.traceId : undefined)
  if (!turn) return null
  const previous = turns[at - 1]
  const newDay = !previous || !sameDay(previous.startTime, turn.startTime, utc)
  return (
    <>
      {(newDay || wasAway(previous, turn)) && (
        <p className="border-b border-border-1 bg-surface-0 px-gutter py-1 text-label text-text-3">
          {newDay ? dayText(turn.startTime, utc) : 'A pause of half an hour or more'}
        </p>
      )}
      <TurnRow
        turn={turn}
        trace={trace.data}
        number={at + 1}
        previous={previous}
        source={source}
        plain={plain}
        longest={longest}
        selected={selected}
      />
    </>
  )
})

export interface TranscriptHandle {
  reveal(at: number, where?: 'auto' | 'center'): void
}

/** Height of the line above the columns, px. */
const HEAD = 28

interface Place {
  readonly top: number
  readonly measured: VirtualItem[]
}

/** The talk, oldest first; only the turns in view are in the document. */
export function Transcript({
  turns,
  source,
  plain,
  longest,
  selected,
  complete,
  onEnd,
  onKeyDown,
  handle,
}: Shown & {
  /** Index of the turn the keyboard stands on, or -1. */
  readonly selected: number
  readonly complete: boolean
  /** The last turns came into view. */
  readonly onEnd: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly handle: Ref<TranscriptHandle>
}) {
  const box = useRef<HTMLElement>(null)
  const { restored, save } = useScrollRestoration<Place>('transcript')
  const rows = useVirtualizer({
    count: turns.length,
    getScrollElement: () => box.current,
    estimateSize: () => ESTIMATE,
    overscan: 6,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    getItemKey: (at) => turns[at]?.traceId ?? at,
    ...(restored && { initialOffset: restored.top, initialMeasurementsCache: restored.measured }),
  })
  // Before the box is gone, and where it stands truly: what was scrolled last may not have been drawn yet.
  useLayoutEffect(() => {
    const element = box.current
    return () => save({ top: element?.scrollTop ?? 0, measured: rows.takeSnapshot() })
  }, [rows, save])
  useImperativeHandle(handle, () => ({ reveal: (at, align = 'auto') => rows.scrollToIndex(at, { align }) }), [
    rows,
  ])
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (!complete && last >= turns.length - 20) onEnd()
  }, [complete, last, turns.length, onEnd])
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Transcript"
      onKeyDown={onKeyDown}
      className="min-h-0 flex-1 overflow-auto [overflow-anchor:none]"
    >
      <div
        aria-hidden="true"
        className={`${TRANSCRIPT_COLUMNS} sticky top-0 z-10 h-row-table items-center border-y border-border-1 bg-surface-0 text-label text-text-3`}
      >
        <span className="px-gutter">Turn</span>
        <span className="flex justify-between px-gutter">
          <span>Participant</span>
          <span>Chatbot</span>
        </span>
        <span className="cut px-gutter max-[760px]:hidden">Duration, tokens, changed data, feedback</span>
      </div>
      <ol className="relative" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => (
          <li
            key={item.key}
            ref={rows.measureElement}
            data-index={item.index}
            aria-setsize={complete ? turns.length : -1}
            aria-posinset={item.index + 1}
            {...(item.index === selected && { 'aria-current': true })}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${item.start - HEAD}px)` }}
          >
            <Turn
              turns={turns}
              at={item.index}
              source={source}
              plain={plain}
              longest={longest}
              selected={item.index === selected}
            />
          </li>
        ))}
      </ol>
      {complete && (
        <p className="px-gutter py-2.5 text-label text-text-3">
          End of the conversation so far. New turns are added below.
        </p>
      )}
    </section>
  )
}
