import { type RefObject, useEffect, useRef } from 'react'
import type { TraceId } from '../../../domain/model/units.ts'
import type { TableHandle } from '../table/trace-table.tsx'

/** Rows that are read to find the trace which an address peeks at. */
const FARTHEST = 1_000

/**
 * Brings the row of the trace that the address peeks at into view when a page opens, reading on for a while
 * where it is not among the first rows. `position` = its place among the rows, -1 where it is not there (yet).
 */
export function useFoundPeek(
  table: RefObject<TableHandle | null>,
  peek: TraceId | undefined,
  position: number,
  rows: number,
  more: (() => void) | undefined,
): void {
  const wanted = useRef(peek)
  useEffect(() => {
    if (wanted.current === undefined || rows === 0) return
    if (wanted.current !== peek) wanted.current = undefined
    else if (position >= 0) {
      table.current?.scrollToRow(position)
      wanted.current = undefined
    } else if (rows >= FARTHEST || !more) wanted.current = undefined
    else more()
  }, [table, peek, position, rows, more])
}
