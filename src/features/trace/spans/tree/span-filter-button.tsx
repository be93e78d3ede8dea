import { type ReactNode, useMemo, useRef, useState } from 'react'
import type { SpanKind } from '../../../../domain/model/span.ts'
import type { SpanTree } from '../../../../domain/tree/span-tree.ts'
import { Button } from '../../../../ui/button.tsx'
import { Icon, KindIcon } from '../../../../ui/icons/icons.tsx'
import { Popover } from '../../../../ui/overlay/popover.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'
import { TextField } from '../../../../ui/text-field.tsx'
import { NO_FILTER, type SpanFilter } from './span-filter.ts'

const without = (filter: SpanFilter): SpanFilter => ({
  ...NO_FILTER,
  text: filter.text,
  ...(filter.only && { only: filter.only }),
})

const countSet = ({ kinds, services, errorsOnly, longerThan }: SpanFilter): number =>
  (kinds.size > 0 ? 1 : 0) + (services.size > 0 ? 1 : 0) + (errorsOnly ? 1 : 0) + (longerThan > 0 ? 1 : 0)

const toggled = <Value,>(set: ReadonlySet<Value>, one: Value): ReadonlySet<Value> => {
  const next = new Set(set)
  if (!next.delete(one)) next.add(one)
  return next
}

const Choice = ({
  checked,
  onChange,
  count,
  children,
}: {
  readonly checked: boolean
  readonly onChange: () => void
  readonly count?: number
  readonly children: ReactNode
}) => (
  <label className="flex h-6 items-center gap-2 px-4 hover:bg-surface-3">
    <input type="checkbox" checked={checked} onChange={onChange} className="accent-accent" />
    {children}
    {count !== undefined && <span className="ml-auto pl-4 text-text-3">{count}</span>}
  </label>
)

const Heading = ({ children }: { readonly children: ReactNode }) => (
  <p className="px-4 pt-2 pb-0.5 text-label text-text-3">{children}</p>
)

/** What to show of the spans beside a text: kinds, services, failures, long ones. */
export function SpanFilterButton({
  tree,
  services,
  filter,
  onFilter,
}: {
  readonly tree: SpanTree
  readonly services: readonly string[]
  readonly filter: SpanFilter
  readonly onFilter: (filter: SpanFilter) => void
}) {
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const counts = useMemo(() => {
    const found = new Map<SpanKind, number>()
    for (const { kind } of tree.spans) found.set(kind, (found.get(kind) ?? 0) + 1)
    return found
  }, [tree])
  const set = countSet(filter)
  return (
    <>
      <Button
        ref={anchor}
        variant="ghost"
        aria-haspopup="dialog"
        aria-expanded={open}
        className={set > 0 ? 'text-accent' : ''}
        onClick={() => setOpen(!open)}
      >
        <Icon name="filter" size="small" />
        Filter
        {set > 0 && <span>{set}</span>}
      </Button>
      {open && (
        <Popover
          anchor={anchor}
          label="Filter spans"
          onClose={() => setOpen(false)}
          align="end"
          className="w-[240px] pb-2"
        >
          <Heading>State and length</Heading>
          <Choice
            checked={filter.errorsOnly}
            onChange={() => onFilter({ ...filter, errorsOnly: !filter.errorsOnly })}
            count={tree.failures.length}
          >
            Errors only
          </Choice>
          <div className="flex items-center gap-2 px-4 py-1">
            Longer than
            <TextField
              label="Longer than, in ms"
              inputMode="decimal"
              value={filter.longerThan > 0 ? String(filter.longerThan / 1000) : ''}
              onChange={(event) => {
                const wanted = Number(event.target.value)
                onFilter({ ...filter, longerThan: Number.isFinite(wanted) && wanted > 0 ? wanted * 1000 : 0 })
              }}
              after={<span className="pr-1">ms</span>}
              className="w-[88px]"
            />
          </div>
          <Heading>Kind</Heading>
          {[...counts].map(([kind, count]) => (
            <Choice
              key={kind}
              checked={filter.kinds.has(kind)}
              onChange={() => onFilter({ ...filter, kinds: toggled(filter.kinds, kind) })}
              count={count}
            >
              <KindIcon kind={kind} />
              {kind}
            </Choice>
          ))}
          {services.length > 1 && <Heading>Service</Heading>}
          {services.length > 1 &&
            services.map((service) => (
              <Choice
                key={service}
                checked={filter.services.has(service)}
                onChange={() => onFilter({ ...filter, services: toggled(filter.services, service) })}
              >
                <bdi className="cut">{printable(service)}</bdi>
              </Choice>
            ))}
          {set > 0 && (
            <p className="px-4 pt-2">
              <Button onClick={() => onFilter(without(filter))}>Clear filters</Button>
            </p>
          )}
        </Popover>
      )}
    </>
  )
}
