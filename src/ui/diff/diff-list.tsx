import { type ReactNode, useMemo, useState } from 'react'
import { CopyGlyph } from '../copy-button.tsx'
import { Icon } from '../icons/icons.tsx'
import { type Json, jsonPreview } from '../json/json-lines.ts'
import { pathText } from '../json/json-rows.ts'
import { JsonView } from '../json/json-view.tsx'
import { ScrolledLines } from '../json/scrolled-lines.tsx'
import { printable } from '../text/printable-text.ts'
import { type Difference, type DiffRow, diffRows, type Tally } from './diff-rows.ts'

/** A stretch of text that stayed, went or came. */
export interface WordPart {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Beyond this many lines the list scrolls in a box of its own and draws only what is seen. */
const MOST_INLINE = 100
const LINE = 19
const PREVIEW = 120
/** Texts together longer than this are compared word by word. */
const LONG_TEXT = 60
/** Of a long stretch that stayed, so much is shown at each end. */
const AROUND = 80

const LOOK = {
  added: { glyph: '+', word: 'added', row: 'bg-added-tint', tone: 'text-added' },
  removed: { glyph: '−', word: 'removed', row: 'bg-removed-tint', tone: 'text-removed' },
  modified: { glyph: '~', word: 'modified', row: 'bg-modified-tint', tone: 'text-modified' },
  moved: { glyph: '~', word: 'moved', row: 'bg-modified-tint', tone: 'text-modified' },
} as const

/** `+1 −2 ~3`, each in its colour and with its word for screen readers. */
export function DiffTally({ tally }: { readonly tally: Tally }) {
  return (
    <span className="inline-flex gap-2 font-mono text-label font-semibold">
      {(['added', 'removed', 'modified'] as const).map(
        (kind) =>
          tally[kind] > 0 && (
            <span key={kind} className={LOOK[kind].tone}>
              <span aria-hidden="true">
                {LOOK[kind].glyph}
                {tally[kind]}
              </span>
              <span className="sr-only">
                {tally[kind]} {LOOK[kind].word}
              </span>
            </span>
          ),
      )}
    </span>
  )
}

function Path({ path }: { readonly path: Difference['path'] }) {
  if (path.length === 0) return <span className="text-text-3">all of it</span>
  const whole = printable(pathText(path))
  const before = printable(pathText(path.slice(0, -1)))
  const rest = whole.startsWith(before) ? whole.slice(before.length) : whole
  const dot = rest.startsWith('.') ? '.' : ''
  return (
    <bdi className="text-text-1">
      <span className="text-text-3">
        {before}
        {before !== '' && dot}
      </span>
      {before === '' ? rest : rest.slice(dot.length)}
    </bdi>
  )
}

/** A long stretch that stayed, shortened in its middle. */
const shortened = (text: string): string =>
  text.length <= 2 * AROUND + 40
    ? text
    : `${text.slice(0, AROUND)} … ${(text.length - 2 * AROUND).toLocaleString('en')} characters the same … ${text.slice(-AROUND)}`

const MOST_SHOWN = 4_000

function Words({ parts }: { readonly parts: readonly WordPart[] }) {
  const cut = (text: string) => printable(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text)
  return (
    <bdi className="block whitespace-pre-wrap text-text-2">
      {parts.map((part, at) => {
        const key = `${at} ${part.kind}`
        if (part.kind === 'same') return <span key={key}>{printable(shortened(part.text))}</span>
        const Tag = part.kind === 'added' ? 'ins' : 'del'
        const look =
          part.kind === 'added' ? 'bg-added-mark text-added no-underline' : 'bg-removed-mark text-removed'
        return (
          <Tag key={key} className={`rounded-1 px-px ${look}`}>
            {cut(part.text)}
          </Tag>
        )
      })}
    </bdi>
  )
}

const isLongText = (before: Json | undefined, after: Json | undefined): boolean =>
  typeof before === 'string' && typeof after === 'string' && before.length + after.length > LONG_TEXT

const holds = (value: Json | undefined): value is Json =>
  typeof value === 'object' && value !== null && jsonPreview(value, PREVIEW).includes('…')

function Short({ value, tone }: { readonly value: Json | undefined; readonly tone: string }) {
  return <bdi className={tone}>{printable(jsonPreview(value ?? null, PREVIEW))}</bdi>
}

/** What stands after the path. */
function What({
  difference,
  words,
}: {
  readonly difference: Difference
  readonly words: (before: string, after: string) => readonly WordPart[]
}): ReactNode {
  const { kind, old, new: now, from } = difference
  const parts = useMemo(
    () => (kind === 'modified' && isLongText(old, now) ? words(String(old), String(now)) : undefined),
    [kind, old, now, words],
  )
  if (parts) return <Words parts={parts} />
  if (kind === 'added') return <Short value={now} tone="text-added" />
  if (kind === 'removed') return <Short value={old} tone="text-removed" />
  if (kind === 'moved') return <span className="text-text-3">moved here from [{from}]</span>
  return (
    <>
      <Short value={old} tone="text-removed" />
      <span className="px-1 text-text-3">→</span>
      <Short value={now} tone="text-added" />
    </>
  )
}

function DifferenceLine({
  difference,
  indent,
  words,
}: {
  readonly difference: Difference
  readonly indent: boolean
  readonly words: (before: string, after: string) => readonly WordPart[]
}) {
  const [open, setOpen] = useState(false)
  const look = LOOK[difference.kind]
  const whole = difference.kind === 'removed' ? difference.old : difference.new
  const opens = holds(whole) && difference.kind !== 'moved'
  return (
    <div
      className={`group grid grid-cols-[18px_minmax(0,1fr)_auto] rounded-1 pr-1.5 wrap-anywhere ${look.row} ${indent ? 'ml-3.5' : ''}`}
    >
      <b className={`text-center ${look.tone}`}>
        <span aria-hidden="true">{look.glyph}</span>
        <span className="sr-only">{look.word}</span>
      </b>
      <span>
        <Path path={difference.path} /> <What difference={difference} words={words} />
        {opens && (
          <button
            type="button"
            aria-expanded={open}
            className="pl-1.5 text-accent hover:underline"
            onClick={() => setOpen(!open)}
          >
            {open ? 'less' : 'all'}
          </button>
        )}
        {opens && open && (
          <span className="block">
            <JsonView value={whole} label={pathText(difference.path)} />
          </span>
        )}
      </span>
      <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <CopyGlyph label={`Copy path ${pathText(difference.path)}`} text={() => pathText(difference.path)} />
      </span>
    </div>
  )
}

interface LineProps {
  readonly row: DiffRow
  readonly words: (before: string, after: string) => readonly WordPart[]
  readonly onToggle: (id: string) => void
}

function Line({ row, words, onToggle }: LineProps) {
  if (row.is === 'difference')
    return <DifferenceLine difference={row.difference} indent={row.indent} words={words} />
  return (
    <button
      type="button"
      aria-expanded={row.open}
      className="flex w-full items-center gap-1.5 text-left hover:bg-surface-2"
      onClick={() => onToggle(row.id)}
    >
      <Icon name={row.open ? 'down' : 'right'} size="tiny" className="text-text-3" />
      <bdi>{printable(row.name)}</bdi>
      <DiffTally tally={row.tally} />
    </button>
  )
}

/** Differences, one a line, coloured and with their glyphs. Any number of them. */
export function DiffList({
  label,
  differences,
  words,
}: {
  readonly label: string
  readonly differences: readonly Difference[]
  /** Compares two long texts. */
  readonly words: (before: string, after: string) => readonly WordPart[]
}) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => diffRows(differences, closed), [differences, closed])
  const onToggle = (id: string) => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setClosed(next)
  }
  const type = 'font-mono text-code'
  if (rows.length > MOST_INLINE)
    return (
      <div className={type}>
        <ScrolledLines rows={rows} label={label} height={LINE + 1} className="max-h-[420px]">
          {(row) => (
            <div className="pb-px">
              <Line row={row} words={words} onToggle={onToggle} />
            </div>
          )}
        </ScrolledLines>
      </div>
    )
  return (
    <ul aria-label={label} className={`grid gap-px ${type}`}>
      {rows.map((row) => (
        <li key={row.id}>
          <Line row={row} words={words} onToggle={onToggle} />
        </li>
      ))}
    </ul>
  )
}
