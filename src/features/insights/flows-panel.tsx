import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { Link } from '../../ui/link.tsx'
import { formatCount, shareText } from '../../ui/text/format.ts'
import { Seconds } from '../../ui/text/quantity.tsx'
import { useAggregates } from './aggregates.ts'
import { FigureTable, RowName, Spread } from './figure-table.tsx'
import { largest, mergedRows } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'
import { within } from './within.ts'

const MOST = 12
const ALL = 1_000

function Flows({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const id = useSource().source.info.id
  const by = ['flow'] as const
  const answer = useAggregates(
    [
      { query, measure: 'p95', of: 'duration', by, top: MOST + 1 },
      { query, measure: 'p50', of: 'duration', by, top: ALL },
      { query, measure: 'count', by, top: ALL },
      { query, measure: 'errors', by, top: ALL },
    ],
    seen,
  )
  // Turns without a flow are no flow.
  const flows = mergedRows(answer.replies ?? []).filter(({ key }) => key !== null)
  const rows = flows.slice(0, MOST)
  const more = flows.length > MOST || answer.replies?.[0]?.others !== undefined
  const most = largest(rows.map(({ values }) => values[0]))
  const ofFlow = (flow: string | null) => (flow === null ? query : within('flow', flow, query))
  return (
    <PanelBody answer={answer} isEmpty={rows.length === 0} empty="No turn names a flow.">
      <FigureTable
        label="Flows"
        head="Flow"
        rows={rows}
        rowKey={({ key }) => key ?? ''}
        name={({ key }) => <RowName text={key} to={paths.traces(id, ofFlow(key))} none="" />}
        columns={[
          { name: 'Turns', cell: ({ values }) => values[2] != null && formatCount(values[2]) },
          {
            name: 'Failed',
            cell: ({ key, values: [, , turns, errors] }) =>
              errors == null || turns == null ? null : errors === 0 ? (
                <span className="text-text-3">0</span>
              ) : (
                <Link
                  to={paths.traces(id, within('status', 'error', ofFlow(key)))}
                  className="text-error"
                  title={`${formatCount(errors)} failed turns`}
                >
                  {shareText(errors, turns)}
                </Link>
              ),
          },
          {
            name: 'p50 to p95',
            drawn: true,
            minor: true,
            cell: ({ values: [p95, p50] }) =>
              p95 != null && p50 != null && <Spread p50={p50} p95={p95} most={most} />,
          },
          { name: 'p50', cell: ({ values }) => <Seconds value={values[1]} /> },
          { name: 'p95', cell: ({ values }) => <Seconds value={values[0]} /> },
        ]}
      />
      <p className="mt-1.5 text-label text-text-3">
        ○ p50 | p95{more && `; the ${MOST} slowest of more`}
        {rows.some(({ key }) => key === 'pattern_internal_error') &&
          '; pattern_internal_error is Rasa’s own error flow'}
      </p>
    </PanelBody>
  )
}

export function FlowsPanel({ query }: { readonly query: TraceQuery }) {
  return (
    <Panel title="Which flows are slow?" note="a turn counts in each of its flows">
      {(seen) => <Flows query={query} seen={seen} />}
    </Panel>
  )
}
