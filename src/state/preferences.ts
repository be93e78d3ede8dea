import { useSyncExternalStore } from 'react'

/** What a reader likes, on this browser alone. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark'
  /** Times in UTC instead of the reader's zone. */
  readonly utc: boolean
  /** Whether single letters act as keys. */
  readonly singleKeys: boolean
  /** Columns of the trace table, in order; absent = the default ones. */
  readonly columns?: readonly string[]
  /** Widths in px by column id. */
  readonly columnWidths: Readonly<Record<string, number>>
  /** Sizes in px of side panels by name. */
  readonly panes: Readonly<Record<string, number>>
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  utc: false,
  singleKeys: true,
  columnWidths: {},
  panes: {},
}

const KEY = 'turnscope.preferences'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sizes = (value: unknown): Record<string, number> => {
  const entries = Object.entries(isRecord(value) ? value : {}).slice(0, 100)
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0 && entry[1] < 10_000,
    ),
  )
}

/** Reads stored text; whatever is damaged or unknown falls back to the default, part by part. */
export function readPreferences(text: string | null): Preferences {
  let stored: unknown
  try {
    stored = JSON.parse(text ?? '{}')
  } catch {
    return DEFAULT_PREFERENCES
  }
  if (!isRecord(stored)) return DEFAULT_PREFERENCES
  const { theme, utc, singleKeys, columns, columnWidths, panes } = stored
  const ids = Array.isArray(columns) ? columns.filter((id) => typeof id === 'string').slice(0, 100) : []
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    utc: utc === true,
    singleKeys: singleKeys !== false,
    ...(ids.length > 0 && { columns: ids }),
    columnWidths: sizes(columnWidths),
    panes: sizes(panes),
  }
}

const load = (): Preferences => {
  try {
    return readPreferences(localStorage.getItem(KEY))
  } catch {
    return DEFAULT_PREFERENCES
  }
}

let current: Preferences | undefined
const listeners = new Set<() => void>()
const now = (): Preferences => {
  current ??= load()
  return current
}

const applyTheme = ({ theme }: Preferences) => {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

const settle = (next: Preferences) => {
  current = next
  applyTheme(next)
  for (const listener of listeners) listener()
}

/** Changes preferences; `undefined` restores a default. Where storage is forbidden they last for the page. */
export function setPreferences(
  change: { readonly [Key in keyof Preferences]?: Preferences[Key] | undefined },
): void {
  const merged = Object.entries({ ...now(), ...change }).filter(([, value]) => value !== undefined)
  settle({ ...DEFAULT_PREFERENCES, ...Object.fromEntries(merged) })
  try {
    localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // Full or forbidden: the choice lasts for this page.
  }
}

const subscribe = (notify: () => void) => {
  const onStorage = (event: StorageEvent) => {
    if (event.key === KEY) settle(readPreferences(event.newValue))
  }
  listeners.add(notify)
  window.addEventListener('storage', onStorage)
  return () => {
    listeners.delete(notify)
    window.removeEventListener('storage', onStorage)
  }
}

/** The preferences, followed over all open tabs. */
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, now)
