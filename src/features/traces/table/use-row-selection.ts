import { type RefObject, useCallback, useMemo } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import type { TraceId } from '../../../domain/model/units.ts'
import { useShortcuts } from '../../../state/shortcuts.ts'
import type { TraceList } from '../list/use-trace-list.ts'
import type { PeekControl } from '../peek/use-peek.ts'
import type { TableHandle } from './trace-table.tsx'

export interface RowSelection {
  /** Place of the selected row; -1 where none is, or where it is not among the rows. */
  readonly position: number
  readonly selected: TraceSummary | undefined
  /** Selects the next or the previous row; says whether there was one. Rows still to be fetched are asked for. */
  readonly step: (by: 1 | -1) => boolean
  readonly canStep: (by: 1 | -1) => boolean
  /** Nothing is selected any more; false where nothing was. */
  readonly close: () => boolean
}

/** The selected row among the rows of the list, and the keys that move it. */
export function useRowSelection(
  { peek, current, select }: PeekControl,
  { rows, flows, loadMore }: Pick<TraceList, 'rows' | 'flows' | 'loadMore'>,
  table: RefObject<TableHandle | null>,
  onOpen: (trace: { readonly traceId: TraceId }) => void,
): RowSelection {
  const positions = useMemo(() => new Map(rows.map(({ traceId }, index) => [traceId, index])), [rows])
  const position = peek === undefined ? -1 : (positions.get(peek) ?? -1)
  // A held key comes more often than the page is drawn: the step is from where it stands by now.
  const step = (by: 1 | -1) => {
    const from = current()
    const at = (from === undefined ? -1 : (positions.get(from) ?? -1)) + by
    const target = rows[at]
    if (target) {
      select(target.traceId)
      table.current?.scrollToRow(at)
    } else if (by > 0 && flows) loadMore()
    return target !== undefined
  }
  const open = () => {
    const trace = current()
    if (trace === undefined) return false
    onOpen({ traceId: trace })
    return true
  }
  const close = () => {
    if (current() === undefined) return false
    select(undefined)
    table.current?.focus()
    return true
  }
  useShortcuts([
    { keys: ['j'], label: 'Next trace', group: 'Traces', run: () => step(1) },
    { keys: ['k'], label: 'Previous trace', group: 'Traces', run: () => step(-1) },
    { keys: ['Enter'], label: 'Open the selected trace', group: 'Traces', run: open },
    { keys: ['Escape'], label: 'Close the peek', group: 'Traces', run: close },
  ])
  const canStep = useCallback(
    (by: 1 | -1) => rows[position + by] !== undefined || (by > 0 && flows),
    [rows, position, flows],
  )
  return { position, selected: rows[position], step, canStep, close }
}
