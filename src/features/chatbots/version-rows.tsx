import { useMemo } from 'react'
import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { narrowedTo } from '../../filters/narrowed-to.ts'
import { paths } from '../../state/location.ts'
import { useChatbots } from '../../state/queries.ts'
import { Link } from '../../ui/link.tsx'
import { formatCount, shareText } from '../../ui/text/format.ts'
import { Duration } from '../../ui/text/quantity.tsx'

/** Versions that are compared; older ones are counted, not asked for. */
const MOST = 12

function VersionRow({
  within,
  version,
  source,
}: {
  readonly within: TraceQuery
  readonly version: string
  readonly source: string
}) {
  const query = useMemo(() => narrowedTo('version', version, within), [version, within])
  const figures = useChatbots(query).data?.items[0]
  return (
    <tr className="h-row-table">
      <th scope="row" className="cut text-left font-normal">
        <Link to={paths.traces(source, query)} className="text-accent" title={version}>
          <bdi>{version}</bdi>
        </Link>
      </th>
      <td className="text-right">{figures ? formatCount(figures.turns) : ''}</td>
      <td className={`text-right ${figures && figures.errors > 0 ? 'text-error' : ''}`}>
        {figures && figures.errors > 0 ? (
          <Link
            to={paths.traces(source, narrowedTo('status', 'error', query))}
            className="text-error"
            title={`Failed turns of ${version}`}
          >
            {shareText(figures.errors, figures.turns)}
          </Link>
        ) : (
          figures && shareText(figures.errors, figures.turns)
        )}
      </td>
      <td className="text-right">{figures && <Duration value={figures.p50} />}</td>
      <td className="text-right">{figures && <Duration value={figures.p95} />}</td>
    </tr>
  )
}

/** One row a version: turns, share that failed, p50 and p95. */
export function VersionRows({
  within,
  versions,
  source,
}: {
  /** The chatbot's traces. */
  readonly within: TraceQuery
  readonly versions: readonly string[]
  readonly source: string
}) {
  if (versions.length === 0) return <p className="text-data text-text-3">No versions recorded.</p>
  return (
    <>
      <table className="w-full table-fixed text-data">
        <thead className="text-label text-text-3">
          <tr>
            <th scope="col" className="w-[40%] text-left font-normal">
              Version
            </th>
            {['Turns', 'Failed', 'p50', 'p95'].map((head) => (
              <th key={head} scope="col" className="text-right font-normal">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.slice(0, MOST).map((version) => (
            <VersionRow key={version} within={within} version={version} source={source} />
          ))}
        </tbody>
      </table>
      {versions.length > MOST && (
        <p className="text-label text-text-3">and {formatCount(versions.length - MOST)} more</p>
      )}
    </>
  )
}
