import { Suspense } from 'react'
import type { ExportProgressProps } from './export-progress-line.tsx'
import { lateComponent } from './late-code.ts'

const ExportProgressLine = lateComponent(
  async () => (await import('./export-progress-line.tsx')).ExportProgressLine,
)

/** How far an export is, or how it ended. Its code comes with the first export. */
export const ExportProgress = (props: ExportProgressProps) => (
  <Suspense>
    <ExportProgressLine {...props} />
  </Suspense>
)
