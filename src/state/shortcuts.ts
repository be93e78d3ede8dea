import { useEffect, useRef, useSyncExternalStore } from 'react'
import { usePreferences } from './preferences.ts'

/** A key and what it does. Keys are written as `KeyboardEvent.key` gives them; `mod+k` = Ctrl or ⌘ and K. */
export interface Shortcut {
  readonly keys: readonly string[]
  /** What the help says; several of one label are shown on one line. */
  readonly label: string
  readonly group: 'Everywhere' | 'Traces' | 'Trace' | 'Spans' | 'Session'
  /** Return `false` where it does not apply now: the key then does what it always does. */
  readonly run: (event: KeyboardEvent) => unknown
}

const active = new Map<symbol, readonly Shortcut[]>()
const listeners = new Set<() => void>()
let all: readonly Shortcut[] = []

const settle = () => {
  all = [...active.values()].flat()
  for (const listener of listeners) listener()
}

const TYPING = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]'

/** How an event is written in `keys`. */
const keyOf = (event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): string =>
  event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key

/** Whether a key is a single character: those can be switched off, and never act while one types. */
export const isSingle = (key: string): boolean => key.length === 1

const applies = (event: KeyboardEvent, key: string, singleKeys: boolean): boolean => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return false
  if (key.startsWith('mod+')) return true
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest(TYPING) || target?.closest('dialog, [data-popover]')) return false
  if (document.querySelector('dialog[open]')) return false
  // Enter and the arrows belong to whatever control has the focus.
  if (key === 'Enter' && target?.closest('button, a, summary, [role=separator]')) return false
  return !isSingle(key) || singleKeys
}

/** Binds keys while the component is there. Where two bind one key, the one bound first gets it. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { singleKeys } = usePreferences()
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const names = shortcuts.map(({ keys, label, group }) => `${group}|${label}|${keys.join(' ')}`).join('\n')

  useEffect(() => {
    const id = Symbol('shortcuts')
    active.set(id, latest.current)
    settle()
    return () => {
      active.delete(id)
      settle()
    }
  }, [names])

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = keyOf(event)
      const bound = latest.current.find(({ keys }) => keys.includes(key))
      if (!bound || !applies(event, key, singleKeys)) return
      if (bound.run(event) !== false) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [singleKeys])
}

/** Every key that acts now: what the help lists. */
export const useActiveShortcuts = (): readonly Shortcut[] =>
  useSyncExternalStore(
    (notify) => {
      listeners.add(notify)
      return () => listeners.delete(notify)
    },
    () => all,
  )
