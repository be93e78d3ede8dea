import { useEffect, useSyncExternalStore } from 'react'

/** What the page says of turns that came after it was read. */
export interface Announcement {
  /** `offline`: the last look failed. */
  readonly state: 'live' | 'paused' | 'offline'
  /** How many are new; they are not shown before `show`. */
  readonly fresh: number
  /** Whether there are more than `fresh`. */
  readonly more: boolean
  readonly show: () => void
  readonly toggle: () => void
}

let current: Announcement | null = null
const listeners = new Set<() => void>()

const settle = (next: Announcement | null) => {
  current = next
  for (const listener of listeners) listener()
}

/** Tells the app bar while the page is there. Memoize the announcement. */
export function useAnnounce(announcement: Announcement): void {
  useEffect(() => settle(announcement), [announcement])
  useEffect(() => () => settle(null), [])
}

/** What the current page announces; null where it follows nothing. */
export const useAnnounced = (): Announcement | null =>
  useSyncExternalStore(
    (notify) => {
      listeners.add(notify)
      return () => listeners.delete(notify)
    },
    () => current,
  )
