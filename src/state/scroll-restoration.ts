import { useCallback, useMemo } from 'react'
import { useLocation } from 'react-router-dom'

/** Visits that are remembered; the oldest go first. */
const MOST = 200

const places = new Map<string, unknown>()

export interface ScrollRestoration<Place> {
  /** Where the visit was left that Back or Forward returned to; undefined on a new one. */
  readonly restored: Place | undefined
  readonly save: (place: Place) => void
}

/** Remembers where a part of a page was left, by history entry: Back finds it again. */
export function useScrollRestoration<Place>(part: string): ScrollRestoration<Place> {
  const { key } = useLocation()
  const name = `${key} ${part}`
  const restored = useMemo(() => places.get(name) as Place | undefined, [name])
  const save = useCallback(
    (place: Place) => {
      places.delete(name)
      places.set(name, place)
      for (const oldest of places.keys()) {
        if (places.size <= MOST) break
        places.delete(oldest)
      }
    },
    [name],
  )
  return useMemo(() => ({ restored, save }), [restored, save])
}
