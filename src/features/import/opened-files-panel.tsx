import { cancelImport, dismissImport } from '../../state/opening/file-import.ts'
import { isUnderWay, type OpenedFile } from '../../state/opening/opened-files.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { formatWords, importedHref, sizeText } from './import-words.ts'

/** Of the problems of one file; the gateway sends a bounded list, and counts what it left out. */
const SHOWN_PROBLEMS = 20

const END = {
  done: { icon: 'ok', tone: 'text-ok' },
  failed: { icon: 'error', tone: 'text-error' },
  cancelled: { icon: 'close', tone: 'text-text-3' },
} as const

function Progress({ file }: { readonly file: OpenedFile }) {
  const share = file.size > 0 ? Math.min(1, file.sent / file.size) : 0
  const { report } = file
  return (
    <>
      <div
        role="progressbar"
        aria-label={`Reading ${file.name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="relative my-1.5 h-1 overflow-hidden bg-surface-3"
      >
        <span className="absolute inset-y-0 left-0 bg-accent" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="text-text-3">
        {file.state === 'waiting'
          ? 'waits for the file before it'
          : `${sizeText(file.sent)} of ${sizeText(file.size)}`}
        {report && `, ${formatCount(report.spans)} spans`}
      </p>
    </>
  )
}

function Report({ file }: { readonly file: OpenedFile }) {
  const { report, message, state } = file
  const jump = report && importedHref(report)
  return (
    <>
      {state === 'failed' && <p className="wrap-anywhere text-error">{printable(message ?? 'it failed')}</p>}
      {state === 'cancelled' && <p className="text-text-3">Cancelled. What came in already stays.</p>}
      {report && (
        <p className="text-text-2">
          {formatWords(report.formats)}: <b>{formatCount(report.traces)}</b>
          {report.tracesAtLeast && '+'} {report.traces === 1 ? 'trace' : 'traces'},{' '}
          {formatCount(report.spans)} spans
          {report.logs > 0 && `, ${formatCount(report.logs)} log records`}
          {report.rejected > 0 && (
            <span className="text-warn">, {formatCount(report.rejected)} left out</span>
          )}
        </p>
      )}
      {report && report.problems.length > 0 && (
        <details className="text-warn">
          <summary>
            {report.problems.length === 1 ? 'What was wrong' : `What was wrong (${report.problems.length})`}
          </summary>
          <ul className="max-h-[160px] list-disc overflow-auto pl-4 font-mono text-code">
            {report.problems.slice(0, SHOWN_PROBLEMS).map((problem) => (
              <li key={problem} className="wrap-anywhere">
                {printable(problem)}
              </li>
            ))}
          </ul>
          {report.problems.length > SHOWN_PROBLEMS && (
            <p>and {formatCount(report.problems.length - SHOWN_PROBLEMS)} more</p>
          )}
        </details>
      )}
      {jump && (
        <Link to={jump} className="text-accent">
          {report.traces === 1 ? 'Open the trace' : 'View these traces'}
        </Link>
      )}
    </>
  )
}

function FileItem({ file }: { readonly file: OpenedFile }) {
  const end = isUnderWay(file) ? undefined : END[file.state as keyof typeof END]
  return (
    <li className="border-t border-border-1 px-3 py-2">
      <p className="flex items-center gap-1.5">
        {end && (
          <span className={end.tone}>
            <Icon name={end.icon} size="small" />
          </span>
        )}
        <bdi className="cut font-semibold" title={printable(file.name)}>
          {printable(file.name)}
        </bdi>
        <span className="flex-1" />
        <span className="text-text-3">{sizeText(file.size)}</span>
      </p>
      {isUnderWay(file) ? <Progress file={file} /> : <Report file={file} />}
    </li>
  )
}

/** The files that were opened: how far each is, what came in, what was wrong, and the way to it. */
export function OpenedFilesPanel({ files }: { readonly files: readonly OpenedFile[] }) {
  const busy = files.some(isUnderWay)
  return (
    <aside
      aria-label="Opened files"
      className="fixed right-4 bottom-10 z-40 flex max-h-[60vh] w-[360px] max-w-[calc(100vw-32px)] flex-col rounded-2 bg-surface-overlay text-data shadow-overlay"
    >
      <header className="flex items-center gap-2 px-3 py-1.5">
        <h2 className="font-semibold">{busy ? 'Opening' : 'Opened'}</h2>
        <span className="text-text-3">
          {formatCount(files.length)} {files.length === 1 ? 'file' : 'files'}
        </span>
        <span className="flex-1" />
        {busy ? (
          <Button onClick={cancelImport}>Cancel</Button>
        ) : (
          <IconButton label="Dismiss" onClick={dismissImport}>
            <Icon name="close" size="small" />
          </IconButton>
        )}
      </header>
      <ul className="min-h-0 overflow-auto">
        {files.map((file) => (
          <FileItem key={file.id} file={file} />
        ))}
      </ul>
    </aside>
  )
}
