import { useMemo, useState } from 'react'
import { CopyGlyph } from '../copy-button.tsx'
import { Icon } from '../icons/icons.tsx'
import { formatCount } from '../text/format.ts'
import { LongText } from '../text/long-text.tsx'
import { printable } from '../text/printable-text.ts'
import { type Json, jsonPreview } from './json-lines.ts'
import { type JsonRow, jsonRows, pathText } from './json-rows.ts'
import { ScrolledLines } from './scrolled-lines.tsx'

/** Beyond this many lines the tree scrolls in a box of its own and draws only what is seen. */
const MOST_INLINE = 120
const LINE = 16
const PREVIEW = 160

function Value({ row, whole }: { readonly row: JsonRow; readonly whole: boolean }) {
  const { value } = row
  if (typeof value === 'string' && whole) return <LongText text={JSON.stringify(value)} />
  const text = printable(jsonPreview(value, PREVIEW))
  const holds = typeof value === 'object' && value !== null
  return (
    <bdi className={`block cut ${holds || value === null ? 'text-text-3' : 'text-text-1'}`} title={text}>
      {text}
    </bdi>
  )
}

function Line({ row, onToggle }: { readonly row: JsonRow; readonly onToggle: () => void }) {
  const [whole, setWhole] = useState(false)
  const long = typeof row.value === 'string' && row.value.length > 40
  const key = printable(row.key)
  const body = (
    <>
      <bdi className="cut text-text-3" title={key}>
        {key}
      </bdi>
      {row.open ? <span /> : <Value row={row} whole={whole} />}
    </>
  )
  const columns = 'grid min-w-0 flex-1 grid-cols-[minmax(4ch,12ch)_minmax(0,1fr)] gap-x-2 text-left'
  return (
    <div className="group flex items-start" style={{ paddingLeft: Math.min(row.depth, 30) * 14 }}>
      {row.open === undefined && !long ? (
        <div className={`${columns} pl-[14px]`}>{body}</div>
      ) : (
        <button
          type="button"
          aria-expanded={row.open ?? whole}
          className="flex min-w-0 flex-1 items-start hover:bg-surface-2"
          onClick={long ? () => setWhole(!whole) : onToggle}
        >
          <span className="w-[14px] flex-none pt-[3px] text-text-3">
            {row.open !== undefined && <Icon name={row.open ? 'down' : 'right'} size="tiny" />}
          </span>
          <span className={columns}>{body}</span>
        </button>
      )}
      <span className="flex-none opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <CopyGlyph label={`Copy path ${pathText(row.path)}`} text={() => pathText(row.path)} />
      </span>
    </div>
  )
}

/** A value as a tree one can open: keys, previews of what is closed, paths to copy. Any size, any depth. */
export function JsonView({ value, label }: { readonly value: Json; readonly label: string }) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => jsonRows(value, opened), [value, opened])
  const onToggle = (row: JsonRow) => {
    const next = new Set(opened)
    if (!next.delete(row.id)) next.add(row.id)
    setOpened(next)
  }
  const type = 'font-mono text-label text-text-2'
  if (rows.length === 0)
    return (
      <p className={type}>
        <bdi className="wrap-anywhere">{printable(jsonPreview(value, 2000))}</bdi>
      </p>
    )
  if (rows.length > MOST_INLINE)
    return (
      <div className={type}>
        <ScrolledLines rows={rows} label={label} height={LINE} className="max-h-[320px]">
          {(row) => <Line row={row} onToggle={() => onToggle(row)} />}
        </ScrolledLines>
        <p className="font-sans text-label text-text-3">{formatCount(rows.length)} lines</p>
      </div>
    )
  return (
    <ul aria-label={label} className={type}>
      {rows.map((row) => (
        <li key={row.id}>
          <Line row={row} onToggle={() => onToggle(row)} />
        </li>
      ))}
    </ul>
  )
}
