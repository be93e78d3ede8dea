import type { Scanned } from '../../../domain/port/trace-source.ts'
import type { TraceQuery } from '../../../domain/query/trace-query.ts'
import { showsAllKinds, withAllKinds } from '../../../filters/filter-chips.ts'
import { cancelCsvExport, dismissCsvExport, startCsvExport, useCsvExport } from '../../../state/csv-export.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Button } from '../../../ui/button.tsx'
import { ExportProgress } from '../../../ui/export-progress.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { clockTime, dayText, formatCount, sameDay } from '../../../ui/text/format.ts'

/** How many match, and of how many. Parts that are not known stay away. */
export interface FootCounts {
  readonly matching: number | undefined
  /** Whether there may be more than `matching`. */
  readonly more: boolean
  readonly total: number | undefined
  readonly hidden: number | undefined
}

export interface FootBarProps {
  readonly query: TraceQuery
  readonly counts: FootCounts
  readonly loading: boolean
  /** How far was looked, for sources that look one after the other. */
  readonly scanned: Scanned | undefined
  readonly onFurther: (() => void) | undefined
  readonly looking: boolean
  readonly onQuery: (query: TraceQuery) => void
  readonly utc: boolean
  readonly now: number
}

const Divider = () => <span aria-hidden="true" className="h-3 w-px flex-none bg-border-2" />

/** What a moment reads as beside now: `14:05:01` today, else with its day. */
const momentWords = (us: number, now: number, utc: boolean): string =>
  sameDay(us, now, utc)
    ? clockTime(us, utc)
    : `${dayText(us, utc, new Date(now / 1000).getFullYear())} ${clockTime(us, utc).slice(0, 5)}`

/** The count, how far was looked, what is hidden, the export. */
export function FootBar(props: FootBarProps) {
  const { query, counts, scanned, utc, now } = props
  const { matching, total, more, hidden } = counts
  const { source } = useSource()
  const exported = useCsvExport()
  return (
    <footer className="flex h-bar-foot flex-none items-center gap-3 border-t border-border-1 bg-surface-0 px-gutter text-data whitespace-nowrap text-text-2">
      <span role="status">
        {matching === undefined ? (
          props.loading && <span className="text-text-3">Loading</span>
        ) : (
          <>
            <b className="text-text-1">
              {formatCount(matching)}
              {more && '+'}
            </b>{' '}
            {total !== undefined && total > matching && `of ${formatCount(total)} `}
            {(total ?? matching) === 1 ? 'trace' : 'traces'}
          </>
        )}
      </span>
      {scanned && (
        <>
          <Divider />
          <span className="cut">
            searched {formatCount(scanned.traces)}
            {scanned.complete
              ? ' (all)'
              : scanned.from !== null && `, back to ${momentWords(scanned.from, now, utc)}`}
          </span>
        </>
      )}
      {props.looking ? (
        <span className="text-text-3">Searching further back</span>
      ) : (
        props.onFurther && (
          <button type="button" onClick={props.onFurther} className="text-accent hover:underline">
            Search further back
          </button>
        )
      )}
      <span className="contents max-[640px]:hidden">
        <Divider />
        <Switch checked={showsAllKinds(query)} onChange={(all) => props.onQuery(withAllKinds(query, all))}>
          Housekeeping and training
          {!showsAllKinds(query) && hidden !== undefined && hidden > 0 && `, ${formatCount(hidden)} hidden`}
        </Switch>
      </span>
      <span className="flex-1" />
      {exported && <ExportProgress {...exported} onCancel={cancelCsvExport} onDismiss={dismissCsvExport} />}
      <Button
        onClick={() => startCsvExport(source.info.id, query)}
        disabled={matching === 0 || exported?.state === 'running'}
      >
        Export CSV
      </Button>
    </footer>
  )
}
