import { type ReactNode, type RefObject, useDeferredValue, useMemo, useState } from 'react'
import type { LogRecord } from '../../../../domain/model/span.ts'
import type { SpanId } from '../../../../domain/model/units.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import { Icon } from '../../../../ui/icons/icons.tsx'
import { JsonView } from '../../../../ui/json/json-view.tsx'
import { durationText, formatCount } from '../../../../ui/text/format.ts'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { cutAt, printable } from '../../../../ui/text/printable-text.ts'
import { TextField } from '../../../../ui/text-field.tsx'
import { AttributeList } from '../detail/key-values.tsx'
import { PanelFailure } from '../panel-failure.tsx'
import { foundLogs, logLine } from './log-search.ts'
import { severityOf } from './log-severity.ts'
import type { TraceLogsState } from './use-trace-logs.ts'

/** Rows drawn at once; further ones come in portions. */
const PORTION = 300
const LINE = 400

const LEAST = [
  { from: 0, label: 'Any severity' },
  { from: 5, label: 'Debug and above' },
  { from: 9, label: 'Info and above' },
  { from: 13, label: 'Warn and above' },
  { from: 17, label: 'Error and above' },
] as const

const offset = (time: number, start: number): string =>
  time < start ? `−${durationText(start - time)}` : `+${durationText(time - start)}`

function Whole({ log }: { readonly log: LogRecord }) {
  return (
    <div className="grid gap-2 border-t border-border-1 bg-surface-0 py-2 pr-3 pl-[88px]">
      {typeof log.body === 'string' ? (
        <LongText text={log.body} first={4_000} className="font-mono text-code" />
      ) : (
        log.body !== null && <JsonView value={log.body} label="Body" />
      )}
      {Object.keys(log.attributes).length > 0 && <AttributeList attributes={log.attributes} search="" />}
    </div>
  )
}

function LogRow({
  log,
  tree,
  isSelected,
  onSelect,
}: {
  readonly log: LogRecord
  readonly tree: SpanTree
  readonly isSelected: boolean
  readonly onSelect: (span: SpanId) => void
}) {
  const [open, setOpen] = useState(false)
  const { word, tone } = severityOf(log.severity, log.severityText)
  const { spanId } = log
  const row = spanId === null ? -1 : tree.rowOf(spanId)
  const name = tree.spans[row]?.name
  return (
    <li className={`border-b border-border-1 ${isSelected ? 'bg-surface-selected' : ''}`}>
      <div className="flex min-h-6 items-center gap-2 pr-3 pl-gutter font-mono text-code hover:bg-surface-2">
        <button
          type="button"
          aria-expanded={open}
          className="flex min-w-0 flex-1 items-center gap-2 text-left"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'down' : 'right'} size="tiny" className="flex-none text-text-3" />
          <span className="w-[68px] flex-none text-right text-text-3">
            {offset(log.time, tree.startTime)}
          </span>
          <b className={`w-[52px] flex-none overflow-hidden text-ellipsis ${tone}`}>{printable(word)}</b>
          <bdi className="cut">{printable(cutAt(logLine(log), LINE)) || 'empty'}</bdi>
        </button>
        {name === undefined || spanId === null ? (
          <span className="flex-none text-text-3">
            {spanId === null ? 'of the trace' : 'its span is not here'}
          </span>
        ) : (
          <button
            type="button"
            title={printable(name)}
            className="cut max-w-[28ch] flex-none text-accent hover:underline"
            onClick={() => onSelect(spanId)}
          >
            {printable(name)}
          </button>
        )}
      </div>
      {open && <Whole log={log} />}
    </li>
  )
}

/** Every log record of the trace in order of time; each leads to its span. */
export function TraceLogs({
  heading,
  logs: { logs, complete, error, refetch },
  tree,
  selected,
  searchField,
  onSelect,
}: {
  readonly heading: ReactNode
  readonly logs: TraceLogsState
  readonly tree: SpanTree
  readonly selected: SpanId | undefined
  readonly searchField: RefObject<HTMLInputElement | null>
  readonly onSelect: (span: SpanId) => void
}) {
  const [text, setText] = useState('')
  const [severity, setSeverity] = useState(0)
  const [shown, setShown] = useState(PORTION)
  const wanted = useDeferredValue(text)
  const found = useMemo(() => foundLogs(logs, wanted, severity), [logs, wanted, severity])
  return (
    <div className="span-tree">
      <div className="flex h-bar-tool flex-none items-center gap-1.5 border-b border-border-1 pr-2 pl-gutter text-data whitespace-nowrap">
        {heading}
        <span role="status" className="cut pl-1 text-text-3">
          {found.length < logs.length && `${formatCount(found.length)} of ${formatCount(logs.length)} match`}
        </span>
        <span className="flex-1" />
        <select
          aria-label="Least severity"
          value={severity}
          className="h-control rounded-1 border border-border-2 bg-surface-1 px-1 text-data"
          onChange={(event) => setSeverity(Number(event.target.value))}
        >
          {LEAST.map(({ from, label }) => (
            <option key={from} value={from}>
              {label}
            </option>
          ))}
        </select>
        <TextField
          ref={searchField}
          label="Search logs"
          placeholder="Search logs"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          before={<Icon name="search" size="small" />}
          className="w-[180px]"
        />
      </div>
      {error ? (
        <PanelFailure error={error} what="Logs" onAgain={refetch} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <section className="min-h-0 flex-1 overflow-auto" tabIndex={0} aria-label="Log records">
          <ol>
            {found.slice(0, shown).map((log, at) => (
              <LogRow
                key={`${log.time} ${log.spanId} ${at}`}
                log={log}
                tree={tree}
                isSelected={log.spanId !== null && log.spanId === selected}
                onSelect={onSelect}
              />
            ))}
          </ol>
          {found.length === 0 && <p className="px-gutter py-3 text-data text-text-2">No record matches.</p>}
          {found.length > shown && (
            <button
              type="button"
              className="px-gutter py-2 text-data text-accent hover:underline"
              onClick={() => setShown(shown + PORTION)}
            >
              Show more of {formatCount(found.length)}
            </button>
          )}
          {!complete && (
            <p className="px-gutter py-2 text-label text-text-3">
              The first {formatCount(logs.length)} records of the trace. There are more.
            </p>
          )}
        </section>
      )}
    </div>
  )
}
