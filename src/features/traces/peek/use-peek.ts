import { useCallback, useEffect, useRef, useState } from 'react'
import type { TraceId } from '../../../domain/model/units.ts'
import type { ViewControl } from '../../../state/location.ts'

/** Browsers refuse an address that changes hundreds of times in half a minute: a held key must not. */
const SETTLES_AFTER = 200

export interface PeekControl {
  readonly peek: TraceId | undefined
  /** The one selected at this moment, also between two renders. */
  readonly current: () => TraceId | undefined
  readonly select: (trace: TraceId | undefined) => void
  /** Brings the address up to date at once: before leaving the page. */
  readonly settle: () => void
}

/** Which trace is peeked at: at once on the page, a moment later in the address. */
export function usePeek({ view, change }: ViewControl): PeekControl {
  const [peek, setPeek] = useState(view.peek)
  const now = useRef(view.peek)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  // The address may change from elsewhere: Back, a link.
  useEffect(() => {
    if (timer.current !== undefined) return
    now.current = view.peek
    setPeek(view.peek)
  }, [view.peek])

  const settle = useCallback(() => {
    if (timer.current === undefined) return
    clearTimeout(timer.current)
    timer.current = undefined
    change({ peek: now.current }, { replace: true })
  }, [change])

  useEffect(() => () => clearTimeout(timer.current), [])

  const select = useCallback(
    (trace: TraceId | undefined) => {
      now.current = trace
      setPeek(trace)
      clearTimeout(timer.current)
      timer.current = setTimeout(settle, SETTLES_AFTER)
    },
    [settle],
  )
  return { peek, current: useCallback(() => now.current, []), select, settle }
}
