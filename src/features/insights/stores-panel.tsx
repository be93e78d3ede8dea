import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { formatCount } from '../../ui/text/format.ts'
import { Seconds, Unknown } from '../../ui/text/quantity.tsx'
import { useAggregates } from './aggregates.ts'
import { FigureTable, RowName, Spread } from './figure-table.tsx'
import { largest, mergedRows } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'

const MOST = 12
const ALL = 1_000
const oneDigit = (value: number) => value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0)

function Stores({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const by = ['vectorStore'] as const
  const answer = useAggregates(
    [
      { query, measure: 'count', by, top: MOST },
      { query, measure: 'errors', by, top: ALL },
      { query, measure: 'p50', of: 'spanDuration', by, top: ALL },
      { query, measure: 'p95', of: 'spanDuration', by, top: ALL },
      { query, measure: 'mean', of: 'documents', by, top: ALL },
    ],
    seen,
  )
  const rows = mergedRows(answer.replies ?? [])
  const most = largest(rows.map(({ values }) => values[3]))
  return (
    <PanelBody
      more={answer.replies?.[0]?.others && `The ${MOST} most searched`}
      answer={answer}
      isEmpty={rows.length === 0}
      empty="No search of a vector store is recorded."
    >
      <FigureTable
        label="Vector stores"
        head="Vector store"
        rows={rows}
        rowKey={({ key }) => key ?? ''}
        name={({ key }) => <RowName text={key} none="" />}
        columns={[
          { name: 'Searches', cell: ({ values }) => formatCount(values[0] ?? 0) },
          {
            name: 'Failed',
            cell: ({ values }) => (
              <span className={values[1] ? 'text-error' : 'text-text-3'}>
                {values[1] != null && formatCount(values[1])}
              </span>
            ),
          },
          {
            name: 'p50 to p95',
            drawn: true,
            minor: true,
            cell: ({ values: [, , p50, p95] }) =>
              p95 != null && p50 != null && <Spread p50={p50} p95={p95} most={most} />,
          },
          { name: 'p50', cell: ({ values }) => <Seconds value={values[2]} /> },
          { name: 'p95', cell: ({ values }) => <Seconds value={values[3]} /> },
          {
            name: 'Documents, mean',
            cell: ({ values }) => (values[4] == null ? <Unknown why="not recorded" /> : oneDigit(values[4])),
          },
        ]}
      />
    </PanelBody>
  )
}

export function StoresPanel({ query }: { readonly query: TraceQuery }) {
  return <Panel title="How do the vector stores do?">{(seen) => <Stores query={query} seen={seen} />}</Panel>
}
