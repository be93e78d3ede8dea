import { useEffect, useState } from 'react'
import { Icon } from '../../ui/icons/icons.tsx'
import { lateCode } from '../../ui/late-code.ts'

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true

/** Files dropped anywhere in the application are opened; while they are dragged over it, it says so. */
export function FileDrop() {
  const [over, setOver] = useState(false)
  useEffect(() => {
    // Every element that is entered or left tells: the pointer has gone when all that were entered are left.
    let depth = 0
    const leave = () => {
      depth = 0
      setOver(false)
    }
    const onEnter = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      depth += 1
      setOver(true)
    }
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      // Without this the browser would leave the application for the file.
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    }
    const onLeave = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      depth -= 1
      if (depth <= 0) leave()
    }
    const onDrop = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      leave()
      // Taken out at once: after the event its list is empty.
      const files = [...(event.dataTransfer?.files ?? [])]
      void lateCode(() => import('../../state/opening/file-import.ts')).then(({ openFiles }) =>
        openFiles(files),
      )
    }
    window.addEventListener('dragenter', onEnter)
    window.addEventListener('dragover', onOver)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('dragenter', onEnter)
      window.removeEventListener('dragover', onOver)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('drop', onDrop)
    }
  }, [])
  if (!over) return null
  return (
    <div className="pointer-events-none fixed inset-2 z-50 grid place-items-center rounded-2 border-2 border-dashed border-accent bg-surface-1/90">
      <div className="grid justify-items-center gap-2 text-center">
        <span className="text-accent">
          <Icon name="download" />
        </span>
        <p className="text-title font-semibold">Drop to open</p>
        <p className="text-data text-text-2">
          OTLP JSON or JSON lines, Jaeger JSON, a trace exported by Langfuse
        </p>
      </div>
    </div>
  )
}
