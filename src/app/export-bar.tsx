import { useLocation } from 'react-router-dom'
import { cancelCsvExport, dismissCsvExport, useCsvExport } from '../state/csv-export.ts'
import { ExportProgress } from '../ui/export-progress.tsx'

/** Lists say in their own foot how far an export is. */
const HAS_FOOT = /^\/[^/]+\/(traces|sessions|chatbots)\/?$/

/** The foot of pages without one of their own, while an export is under way or has a word to say. */
export function ExportBar() {
  const { pathname } = useLocation()
  const exported = useCsvExport()
  if (!exported || HAS_FOOT.test(pathname)) return null
  return (
    <footer className="flex h-bar-foot flex-none items-center justify-end border-t border-border-1 bg-surface-0 px-gutter">
      <ExportProgress {...exported} onCancel={cancelCsvExport} onDismiss={dismissCsvExport} />
    </footer>
  )
}
