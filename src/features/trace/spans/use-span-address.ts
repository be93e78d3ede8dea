import { useEffect } from 'react'
import type { SpanOutline } from '../../../domain/model/span.ts'
import { readView, type ViewControl } from '../../../state/location.ts'
import type { SpanTreeControl } from './tree/use-span-tree.ts'

/**
 * Keeps the address and the selection together: what a reader has selected is written once it stands still,
 * and an address that was changed elsewhere (Back, a link) selects what it names.
 * @param outline the selected span once the selection stands still
 */
export function useSpanAddress(
  { view, change }: ViewControl,
  { selection, dispatch }: SpanTreeControl,
  outline: SpanOutline | undefined,
): void {
  const { chosen, addressed } = selection
  const span = outline?.spanId
  useEffect(() => {
    if (!chosen || span === undefined || span === addressed) return
    dispatch({ does: 'write-address', span })
    change({ span }, { replace: true })
    // Not whenever the address changes: only a selection is written.
  }, [chosen, span])
  useEffect(() => {
    // The page is drawn a moment after the address has changed; what has been replaced since says nothing.
    if (view.span === undefined || readView(window.location.search).span !== view.span) return
    dispatch({ does: 'read-address', span: view.span })
  }, [view.span, dispatch])
}
