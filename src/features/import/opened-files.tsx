import { useQueryClient } from '@tanstack/react-query'
import { Suspense, useEffect, useRef } from 'react'
import {
  IMPORT_SOURCE,
  isUnderWay,
  type OpenedFile,
  useOpenedFiles,
} from '../../state/opening/opened-files.ts'
import { keys } from '../../state/queries.ts'
import { lateComponent } from '../../ui/late-code.ts'

const OpenedFilesPanel = lateComponent(
  async () => (await import('./opened-files-panel.tsx')).OpenedFilesPanel,
)

/** What a screen reader hears of files: begun, and how all ended. */
const spoken = (files: readonly OpenedFile[]): string => {
  if (files.length === 0) return ''
  if (files.some(isUnderWay)) return 'Reading the opened files'
  const failed = files.filter(({ state }) => state === 'failed').length
  return failed === 0 ? 'All opened files were read' : `${failed} of ${files.length} files could not be read`
}

/** Follows opened files on every page; what shows them is fetched with the first. */
export function OpenedFiles() {
  const files = useOpenedFiles()
  const client = useQueryClient()
  const ended = files.filter((file) => !isUnderWay(file)).length
  const known = useRef(ended)
  useEffect(() => {
    if (ended > known.current) {
      // What is listed of the store is old now, and the sample is gone with its first trace.
      void client.invalidateQueries({ queryKey: keys.source(IMPORT_SOURCE) })
      void client.invalidateQueries({ queryKey: keys.sources })
    }
    known.current = ended
  }, [ended, client])
  return (
    <>
      <p role="status" className="sr-only">
        {spoken(files)}
      </p>
      {files.length > 0 && (
        <Suspense>
          <OpenedFilesPanel files={files} />
        </Suspense>
      )}
    </>
  )
}
