import { useRef, useState } from 'react'
import type { Trace } from '../../../domain/model/trace.ts'
import { useSource } from '../../../state/source-context.tsx'
import { downloadTrace, downloadTurn, TRACE_FILES } from '../../../state/trace-download.ts'
import { buttonClass } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons/icons.tsx'
import { Menu } from '../../../ui/overlay/menu.tsx'

/** The turn as a file, and its spans where they are within reach. */
export function DownloadMenu({ trace }: { readonly trace: Trace }) {
  const { source, sources } = useSource()
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const spans = sources.some(({ id }) => id === trace.spans?.source) ? trace.spans : null
  return (
    <>
      <button
        ref={anchor}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        title="Download this trace"
        onClick={() => setOpen(!open)}
        className={buttonClass('ghost')}
      >
        <Icon name="download" size="small" />
        Download
      </button>
      {open && (
        <Menu
          anchor={anchor}
          label="Download this trace"
          align="end"
          onClose={() => setOpen(false)}
          items={[
            ...TRACE_FILES.flatMap(({ format, label }) =>
              spans
                ? [{ id: format, label, run: () => downloadTrace(spans.source, spans.traceId, format) }]
                : [],
            ),
            {
              id: 'turn',
              label: 'Turn JSON',
              detail: 'texts, data and metrics',
              run: () => downloadTurn(source.info.id, trace.traceId),
            },
          ]}
        />
      )}
    </>
  )
}
