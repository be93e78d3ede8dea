import { useCallback, useMemo } from 'react'
import { useLocation } from 'react-router-dom'

/** Visits that are remembered; the oldest go first. */
const MOST = 200

const places = new Map<string, unknown>()

export interface KeptPlace<Place> {
  /** Where the visit was left that Back or Forward returned to; undefined on a new one. */
  readonly kept: Place | undefined
  readonly keep: (place: Place) => void
}

/** Remembers where a part of a page was left, by history entry: Back finds it again. */
export function useKeptPlace<Place>(part: string): KeptPlace<Place> {
  const { key } = useLocation()
  const name = `${key} ${part}`
  const kept = useMemo(() => places.get(name) as Place | undefined, [name])
  const keep = useCallback(
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
  return useMemo(() => ({ kept, keep }), [kept, keep])
}
