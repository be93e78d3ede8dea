import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { type Chip, chipsOf, widened } from '../../../filters/filter-chips.ts'
import { paths } from '../../../state/location.ts'
import { chooseFiles } from '../../../state/opening/file-import.ts'
import { useCount } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { formatCount } from '../../../ui/text/format.ts'
import { RecipeList } from '../peek/recipes-panel.tsx'

const MOST_CHIPS = 6

/** A filter that may be what leaves nothing: how many turns there are without it. */
function DropChip({ chip, onDrop }: { readonly chip: Chip; readonly onDrop: () => void }) {
  const { source } = useSource()
  const count = useCount(chip.without, source.info.capabilities.costs.count === 'exact').data?.count
  return (
    <li className="flex items-center gap-3 py-0.5">
      <Button onClick={onDrop} disabled={count === 0}>
        Without {chip.label.toLowerCase()} {chip.operator} {chip.value}
      </Button>
      {count !== undefined && (
        <span className="text-data text-text-3">
          {formatCount(count)} {count === 1 ? 'trace' : 'traces'}
        </span>
      )}
    </li>
  )
}

/** Nothing matches: which filter to drop. */
export function NoMatch({
  query,
  utc,
  now,
  further,
  onQuery,
}: {
  readonly query: TraceQuery
  readonly utc: boolean
  readonly now: number
  /** Looks on, where a source that looks one after the other has not reached the end. */
  readonly further: (() => void) | undefined
  readonly onQuery: (query: TraceQuery) => void
}) {
  const { text, ...rest } = query
  const search: Chip[] =
    text === undefined
      ? []
      : [
          {
            id: 'text',
            about: 'time',
            label: 'Search',
            operator: 'for',
            value: `“${text}”`,
            whole: text,
            without: rest,
          },
        ]
  const chips = [...chipsOf(query, utc, now), ...search]
  return (
    <Notice
      title={further ? 'No matches so far' : 'No traces match'}
      actions={
        <>
          {further && (
            <Button variant="primary" onClick={further}>
              Search further back
            </Button>
          )}
          <Button onClick={() => onQuery(widened(query))}>Clear all filters</Button>
        </>
      }
    >
      {chips.length > 1 && (
        <ul className="mt-3">
          {chips.slice(0, MOST_CHIPS).map((chip) => (
            <DropChip key={chip.id} chip={chip} onDrop={() => onQuery(chip.without)} />
          ))}
        </ul>
      )}
    </Notice>
  )
}

/** How many services a backend names that is searched by them; nothing where it is not. */
const servicesWords = (services: number | undefined): string => {
  if (services === undefined) return ''
  if (services === 0) return ': it names no service'
  return ` in the ${services === 1 ? 'service' : `${formatCount(services)} services`} that it names`
}

/** Nothing is there at all: how to send the first turn. */
export function EmptyStore() {
  const { source, sources } = useSource()
  const { id, kind, label } = source.info
  const sample = sources.find((one) => one.sample)
  if (kind !== 'store') {
    return (
      <Notice title="No traces yet">
        {label} answers, and has none{servicesWords(sources.find((one) => one.id === id)?.state?.services)}.
        Check that its address and project are the ones that your assistant sends to.
      </Notice>
    )
  }
  return (
    <div className="mx-auto w-full max-w-[680px] pt-10 pb-6">
      <div className="px-gutter pb-4">
        <h2 className="text-title font-semibold">No turns yet</h2>
        <p className="mt-1 text-prose text-text-2">
          New turns appear here within a second. Set up your assistant in one of these ways
          {sample ? ', or look at sample data first.' : '.'}
        </p>
        <p className="mt-3 flex gap-2">
          {sample && <ButtonLink to={paths.traces(sample.id)}>Show sample data</ButtonLink>}
          <Button onClick={chooseFiles}>Open a file</Button>
        </p>
      </div>
      <div className="border-t border-border-1">
        <RecipeList />
      </div>
    </div>
  )
}
