import { useSyncExternalStore } from 'react'

const EVERY = 30_000

/** Moves on twice a minute: ages need no more. */
const subscribe = (notify: () => void) => {
  const timer = setInterval(notify, 5_000)
  return () => clearInterval(timer)
}
const now = () => Math.floor(Date.now() / EVERY) * EVERY * 1000

/** About now, in µs. */
export const useNow = (): number => useSyncExternalStore(subscribe, now)
