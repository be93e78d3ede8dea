import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { useLocation } from 'react-router-dom'
import type { TableHandle } from './trace-table.tsx'

/** Where each visited list was scrolled to, px by history entry. */
const scrolled = new Map<string, number>()

/**
 * Where the table of this history entry was scrolled to when it was left, px: Back finds it again. `save` is
 * for an entry that was replaced just now, whose key no render has seen yet.
 */
export function useTableScroll(table: RefObject<TableHandle | null>): {
  readonly initialOffset: number
  readonly save: () => void
} {
  const { key } = useLocation()
  // Remembered when the page goes, under the entry that it then stands at.
  const entry = useRef(key)
  entry.current = key
  const [initialOffset] = useState(() => scrolled.get(key) ?? 0)
  // In the layout phase: the table's handle is gone later on.
  useLayoutEffect(() => {
    const handle = table
    return () => {
      const top = handle.current?.scrollTop()
      if (top !== undefined) scrolled.set(entry.current, top)
    }
  }, [table])
  const save = useCallback(() => {
    const current: unknown = window.history.state?.key
    scrolled.set(typeof current === 'string' ? current : 'default', table.current?.scrollTop() ?? 0)
  }, [table])
  return { initialOffset, save }
}
