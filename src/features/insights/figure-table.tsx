import type { ReactNode } from 'react'
import { Link } from '../../ui/link.tsx'
import { printable } from '../../ui/text/printable-text.ts'

export interface FigureColumn<Row> {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  /** A drawing of numbers that stand in other columns: left out of what is read aloud. */
  readonly drawn?: true
  /** Gone where there is no room. */
  readonly minor?: true
}

const shown = ({ minor }: { readonly minor?: true }) => (minor ? 'max-[640px]:hidden' : '')

/** A small table of figures: the first column names the row. */
export function FigureTable<Row>({
  label,
  head,
  rows,
  rowKey,
  name,
  columns,
}: {
  readonly label: string
  readonly head: string
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly name: (row: Row) => ReactNode
  readonly columns: readonly FigureColumn<Row>[]
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className="w-full border-collapse text-data">
        <thead>
          <tr className="h-row-table border-b border-border-1 text-label text-text-3">
            <th scope="col" className="pr-2 text-left font-normal">
              {head}
            </th>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={`px-1.5 font-normal last:pr-0 ${column.drawn ? 'w-[30%]' : 'text-right'} ${shown(column)}`}
              >
                {column.drawn ? <span className="sr-only">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="h-row-table border-b border-border-1 last:border-0">
              <th scope="row" className="cut max-w-[180px] pr-2 text-left font-normal">
                {name(row)}
              </th>
              {columns.map((column) => (
                <td
                  key={column.name}
                  className={`px-1.5 whitespace-nowrap last:pr-0 ${column.drawn ? 'w-[30%]' : 'text-right'} ${shown(column)}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The name of a row as the way to its traces; plain where no filter tells them. */
export function RowName({
  text,
  to,
  none,
}: {
  readonly text: string | null
  readonly to?: string | undefined
  readonly none: string
}) {
  if (text === null) return <span className="text-text-3">{none}</span>
  if (to === undefined) return <bdi title={text}>{printable(text)}</bdi>
  return (
    <Link to={to} className="text-accent" title={text}>
      <bdi>{printable(text)}</bdi>
    </Link>
  )
}

/** Lengths side by side, as parts of the longest. */
export function Bar({
  parts,
  most,
}: {
  readonly parts: readonly { readonly name: string; readonly value: number; readonly colour: string }[]
  readonly most: number
}) {
  return (
    <span aria-hidden="true" className="flex h-2.5 w-full min-w-[60px] gap-px">
      {parts.map(({ name, value, colour }) => (
        <span
          key={name}
          className="h-full"
          style={{ width: `${most > 0 ? (100 * value) / most : 0}%`, background: `var(--${colour})` }}
        />
      ))}
    </span>
  )
}

/** From the median to the 95th percentile. */
export function Spread({
  p50,
  p95,
  most,
}: {
  readonly p50: number
  readonly p95: number
  readonly most: number
}) {
  const at = (value: number) => `${most > 0 ? (100 * value) / most : 0}%`
  return (
    <span aria-hidden="true" className="relative block h-3 w-full min-w-[60px]">
      <span
        className="absolute top-[5px] h-0.5 bg-mark-2"
        style={{ left: at(p50), width: at(Math.max(0, p95 - p50)) }}
      />
      <span
        className="absolute top-[2px] -ml-1 size-2 rounded-full border-2 border-text-1 bg-surface-1"
        style={{ left: at(p50) }}
      />
      <span className="absolute top-0 h-3 w-0.5 -ml-0.5 bg-text-1" style={{ left: at(p95) }} />
    </span>
  )
}

/** What the colours of a drawing mean. */
export function Legend({
  parts,
}: {
  readonly parts: readonly { readonly name: string; readonly colour: string }[]
}) {
  return (
    <p className="mt-1.5 flex flex-wrap gap-x-3 text-label text-text-3">
      {parts.map(({ name, colour }) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className="size-2" style={{ background: `var(--${colour})` }} />
          {name}
        </span>
      ))}
    </p>
  )
}
