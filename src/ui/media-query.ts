import { useSyncExternalStore } from 'react'

/** Whether a media query holds now; follows its changes. */
export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', notify)
      return () => list.removeEventListener('change', notify)
    },
    () => window.matchMedia(query).matches,
  )
}

/** Whether the window is wide enough for side panels (the theme's `wide` breakpoint). */
export const useWide = (): boolean => useMediaQuery('(min-width: 1101px)')
