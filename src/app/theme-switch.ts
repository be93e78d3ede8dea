import { setPreferences, usePreferences } from '../state/preferences.ts'
import { useMediaQuery } from '../ui/media-query.ts'

/** Light, dark, or what the system says. */
export function useThemeSwitch(): { readonly dark: boolean; readonly toggle: () => void } {
  const { theme } = usePreferences()
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)')
  const dark = theme === 'system' ? systemDark : theme === 'dark'
  const toggle = () => {
    const wanted = dark ? 'light' : 'dark'
    // Back at what the system says, it is followed again.
    setPreferences({ theme: (wanted === 'dark') === systemDark ? 'system' : wanted })
  }
  return { dark, toggle }
}
