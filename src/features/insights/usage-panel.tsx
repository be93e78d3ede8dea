import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { Cost, Count } from '../../ui/text/quantity.tsx'
import { useAggregates } from './aggregates.ts'
import { Bar, FigureTable, RowName } from './figure-table.tsx'
import { largest, mergedRows } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'
import { within } from './within.ts'

const MOST = 12
const ALL = 1_000
const WHY = 'not reported'

function Usage({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const id = useSource().source.info.id
  const by = ['chatbot'] as const
  const answer = useAggregates(
    [
      { query, measure: 'count', by, top: MOST },
      { query, measure: 'sum', of: 'totalTokens', by, top: ALL },
      { query, measure: 'mean', of: 'totalTokens', by, top: ALL },
      { query, measure: 'sum', of: 'cost', by, top: ALL },
    ],
    seen,
  )
  const rows = mergedRows(answer.replies ?? [])
  const most = largest(rows.map(({ values }) => values[1]))
  return (
    <PanelBody
      more={answer.replies?.[0]?.others && `The ${MOST} with most turns`}
      answer={answer}
      isEmpty={rows.length === 0}
      empty="No turns."
    >
      <FigureTable
        label="Usage by chatbot"
        head="Chatbot"
        rows={rows}
        rowKey={({ key }) => key ?? ''}
        name={({ key }) => (
          <RowName
            text={key}
            to={key === null ? undefined : paths.traces(id, within('chatbot', key, query))}
            none=""
          />
        )}
        columns={[
          { name: 'Turns', cell: ({ values }) => formatCount(values[0] ?? 0) },
          {
            name: 'Share of tokens',
            drawn: true,
            minor: true,
            cell: ({ values }) => (
              <Bar most={most} parts={[{ name: 'tokens', colour: 'mark-2', value: values[1] ?? 0 }]} />
            ),
          },
          { name: 'Tokens', cell: ({ values }) => <Count value={values[1]} why={WHY} /> },
          { name: 'a turn, mean', cell: ({ values }) => <Count value={values[2]} why={WHY} /> },
          { name: 'Cost', cell: ({ values }) => <Cost value={values[3]} why={WHY} /> },
        ]}
      />
    </PanelBody>
  )
}

export function UsagePanel({ query }: { readonly query: TraceQuery }) {
  return (
    <Panel title="Tokens and cost" note="as reported; the mean is of turns that report them">
      {(seen) => <Usage query={query} seen={seen} />}
    </Panel>
  )
}
