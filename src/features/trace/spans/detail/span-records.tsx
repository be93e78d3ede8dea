import { useState } from 'react'
import type {
  AttributeValue,
  LogRecord,
  SpanDetail,
  SpanEvent,
  SpanLink,
} from '../../../../domain/model/span.ts'
import type { Micros } from '../../../../domain/model/units.ts'
import { paths } from '../../../../state/location.ts'
import { Icon } from '../../../../ui/icons/icons.tsx'
import { jsonPreview } from '../../../../ui/json/json-lines.ts'
import { JsonView } from '../../../../ui/json/json-view.tsx'
import { Link } from '../../../../ui/link.tsx'
import { durationText } from '../../../../ui/text/format.ts'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'
import { TextField } from '../../../../ui/text-field.tsx'
import { SectionHead } from '../../section.tsx'
import { severityOf } from '../logs/log-severity.ts'
import { AttributeFilter } from './attribute-filter.tsx'
import { AttributeList } from './key-values.tsx'

const SECTION = 'border-b border-border-1 px-gutter pt-2.5 pb-3'

/** How long after the span's start something was; `+1.97 s`. */
const offset = (time: Micros, start: Micros): string =>
  time < start ? `−${durationText(start - time)}` : `+${durationText(time - start)}`

const SearchField = ({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}) => (
  <TextField
    label={label}
    placeholder={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    before={<Icon name="search" size="small" />}
    className="w-[200px]"
  />
)

/** Attributes of the span, of the process that made it, and of the library that recorded it. */
export function SpanAttributes({ detail }: { readonly detail: SpanDetail }) {
  const [search, setSearch] = useState('')
  const { attributes, resource, scope, otelKind, status, traceState, flags } = detail.span
  const recorded = {
    'span.id': detail.span.spanId,
    'span.parent_id': detail.span.parentId,
    'span.kind': otelKind,
    'status.code': status.code,
    ...(status.message !== undefined && { 'status.message': status.message }),
    'scope.name': scope.name,
    ...(scope.version !== undefined && { 'scope.version': scope.version }),
    ...(traceState !== undefined && { 'trace.state': traceState }),
    ...(flags !== undefined && { flags }),
    ...scope.attributes,
  }
  const groups = [
    { title: 'Attributes', attributes },
    { title: 'Resource', attributes: resource },
    { title: 'Recorded as', attributes: recorded },
  ]
  return (
    <>
      <div className="px-gutter pt-2.5">
        <SearchField label="Search attributes" value={search} onChange={setSearch} />
      </div>
      {groups.map((group) => (
        <section key={group.title} className={SECTION}>
          <SectionHead title={group.title} level={3} />
          <AttributeList
            attributes={group.attributes}
            search={search}
            {...(group.title !== 'Recorded as' && {
              actions: (name: string, value: AttributeValue) => <AttributeFilter name={name} value={value} />,
            })}
          />
        </section>
      ))}
    </>
  )
}

const MOST = 500

/** What the span noted while it ran, in order of time. */
export function SpanEvents({
  events,
  start,
}: {
  readonly events: readonly SpanEvent[]
  readonly start: Micros
}) {
  const ordered = events.toSorted((a, b) => a.time - b.time).slice(0, MOST)
  return (
    <ol>
      {ordered.map((event, at) => (
        <li key={`${event.time} ${at}`} className={SECTION}>
          <header className="mb-1 flex gap-3 font-mono text-code">
            <span className="text-text-3">{offset(event.time, start)}</span>
            <b className={event.name === 'exception' ? 'text-error' : ''}>{printable(event.name)}</b>
          </header>
          {Object.keys(event.attributes).length > 0 && (
            <AttributeList attributes={event.attributes} search="" />
          )}
        </li>
      ))}
      {events.length > MOST && (
        <li className="px-gutter py-2 text-label text-text-3">
          The first {MOST} of {events.length} events. All stand in Raw JSON.
        </li>
      )}
    </ol>
  )
}

const logText = (log: LogRecord): string =>
  `${log.eventName ?? ''} ${typeof log.body === 'string' ? log.body : jsonPreview(log.body, 2_000)}`

/** Log records that named this span, in order of time. */
export function SpanLogs({ logs, start }: { readonly logs: readonly LogRecord[]; readonly start: Micros }) {
  const [search, setSearch] = useState('')
  const wanted = search.toLowerCase()
  const found = logs
    .filter((log) => wanted === '' || logText(log).toLowerCase().includes(wanted))
    .toSorted((a, b) => a.time - b.time)
  return (
    <>
      <div className="flex items-center gap-3 px-gutter py-2.5">
        <SearchField label="Search logs" value={search} onChange={setSearch} />
        <span role="status" className="text-label text-text-3">
          {found.length > MOST ? `first ${MOST} of ` : ''}
          {found.length} of {logs.length}
        </span>
      </div>
      <ol>
        {found.slice(0, MOST).map((log, at) => {
          const { word, tone } = severityOf(log.severity, log.severityText)
          return (
            <li key={`${log.time} ${at}`} className={SECTION}>
              <header className="mb-1 flex gap-3 font-mono text-code">
                <span className="text-text-3">{offset(log.time, start)}</span>
                <b className={tone}>{printable(word)}</b>
                {log.eventName !== undefined && <span>{printable(log.eventName)}</span>}
              </header>
              {typeof log.body === 'string' ? (
                <LongText text={log.body} first={2_000} className="font-mono text-code" />
              ) : (
                log.body !== null && <JsonView value={log.body} label="Body" />
              )}
              {Object.keys(log.attributes).length > 0 && (
                <AttributeList attributes={log.attributes} search="" />
              )}
            </li>
          )
        })}
      </ol>
    </>
  )
}

/** Other traces that the span points to. */
export function SpanLinks({
  links,
  source,
}: {
  readonly links: readonly SpanLink[]
  readonly source: string
}) {
  return (
    <ol>
      {links.slice(0, MOST).map((link, at) => (
        <li key={`${link.traceId} ${link.spanId} ${at}`} className={SECTION}>
          <Link
            to={paths.trace(source, link.traceId, { span: link.spanId })}
            className="font-mono text-code wrap-anywhere"
          >
            {link.traceId} · {link.spanId}
          </Link>
          {Object.keys(link.attributes).length > 0 && (
            <AttributeList attributes={link.attributes} search="" />
          )}
        </li>
      ))}
    </ol>
  )
}
