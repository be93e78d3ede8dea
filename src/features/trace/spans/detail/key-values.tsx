import { type ReactNode, useState } from 'react'
import type { Attributes, AttributeValue } from '../../../../domain/model/span.ts'
import { CopyGlyph } from '../../../../ui/copy-button.tsx'
import { jsonPreview, jsonText } from '../../../../ui/json/json-lines.ts'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'

const LONG = 400

/** A value of an attribute as text; structure as JSON. */
const valueText = (value: AttributeValue): string =>
  typeof value === 'string' ? value : typeof value === 'object' ? jsonText(value) : String(value)

/** Pairs of a name and what it is, names in a column of their own. */
export function Pairs({ children, mono = false }: { readonly children: ReactNode; readonly mono?: boolean }) {
  return (
    <dl
      className={`grid grid-cols-[132px_minmax(0,1fr)] gap-x-3 gap-y-0.5 ${mono ? 'font-mono text-code' : 'text-data'}`}
    >
      {children}
    </dl>
  )
}

export function Pair({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="overflow-hidden text-ellipsis text-text-3" title={name}>
        {name}
      </dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  )
}

/** What can be done with an attribute beside copying it. */
type Actions = (name: string, value: AttributeValue) => ReactNode

function AttributeRow({
  name,
  value,
  actions,
}: {
  readonly name: string
  readonly value: AttributeValue
  readonly actions: Actions | undefined
}) {
  const text = valueText(value)
  return (
    <div className="group col-span-2 grid grid-cols-subgrid hover:bg-surface-2">
      <dt className="wrap-anywhere text-text-3">{printable(name)}</dt>
      <dd className="flex min-w-0 items-start gap-1">
        <div className="min-w-0 flex-1">
          <LongText text={text} first={LONG} />
        </div>
        <span className="flex flex-none gap-1 pt-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          {actions?.(name, value)}
          <CopyGlyph label={`Copy ${name}`} text={() => text} />
        </span>
      </dd>
    </div>
  )
}

/** Names shown at once; thousands of attributes come in further portions. */
const PORTION = 200

/** Attributes as recorded, each to copy; only those that hold the searched text in name or value. */
export function AttributeList({
  attributes,
  search,
  actions,
}: {
  readonly attributes: Attributes
  readonly search: string
  readonly actions?: Actions
}) {
  const [shown, setShown] = useState(PORTION)
  const wanted = search.toLowerCase()
  const found = Object.entries(attributes).filter(
    ([name, value]) =>
      wanted === '' ||
      name.toLowerCase().includes(wanted) ||
      (typeof value === 'string' ? value : jsonPreview(value, 2_000)).toLowerCase().includes(wanted),
  )
  if (found.length === 0) return <p className="text-data text-text-3">{wanted ? 'None match.' : 'None.'}</p>
  return (
    <>
      <Pairs mono>
        {found.slice(0, shown).map(([name, value]) => (
          <AttributeRow key={name} name={name} value={value} actions={actions} />
        ))}
      </Pairs>
      {found.length > shown && (
        <button
          type="button"
          className="mt-1 text-label text-accent hover:underline"
          onClick={() => setShown(shown + PORTION)}
        >
          Show more of {found.length}
        </button>
      )}
    </>
  )
}
