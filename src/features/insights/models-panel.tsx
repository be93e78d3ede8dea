import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { Cost, Count, Seconds } from '../../ui/text/quantity.tsx'
import { useAggregates } from './aggregates.ts'
import { Bar, FigureTable, Legend, RowName } from './figure-table.tsx'
import { largest, mergedRows } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'
import { within } from './within.ts'

const MOST = 12
const ALL = 1_000
const TOKENS = [
  { name: 'input', colour: 'mark-2' },
  { name: 'output', colour: 'mark-1' },
] as const
const WHY = 'not recorded by the assistant'

function Models({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const id = useSource().source.info.id
  const by = ['model', 'call'] as const
  const byModel = ['model'] as const
  const calls = useAggregates(
    [
      { query, measure: 'count', by, top: ALL },
      { query, measure: 'errors', by, top: ALL },
      { query, measure: 'p50', of: 'spanDuration', by, top: ALL },
      { query, measure: 'p95', of: 'spanDuration', by, top: ALL },
      { query, measure: 'sum', of: 'inputTokens', by: byModel, top: ALL },
      { query, measure: 'sum', of: 'outputTokens', by: byModel, top: ALL },
      { query, measure: 'sum', of: 'cost', by: byModel, top: ALL },
    ],
    seen,
  )
  const [count, errors, p50, p95, ...sums] = calls.replies ?? []
  const called = mergedRows([count, errors, p50, p95].flatMap((reply) => reply ?? [])).filter(
    ({ second }) => second === 'llm',
  )
  const rows = called.slice(0, MOST)
  const [input, output, cost] = sums.map(
    (reply) => new Map(reply.rows.map(({ key, value }) => [key[0], value])),
  )
  const tokens = (model: string | null) => (input?.get(model) ?? 0) + (output?.get(model) ?? 0)
  const most = largest(rows.map(({ key }) => tokens(key)))
  return (
    <PanelBody
      more={called.length > MOST ? `The ${MOST} most called` : undefined}
      answer={calls}
      isEmpty={rows.length === 0}
      empty="No call of a language model is recorded."
    >
      <FigureTable
        label="Models"
        head="Model"
        rows={rows}
        rowKey={({ key }) => key ?? ''}
        name={({ key }) => (
          <RowName
            text={key}
            to={key === null ? undefined : paths.traces(id, within('model', key, query))}
            none=""
          />
        )}
        columns={[
          { name: 'Calls', cell: ({ values }) => formatCount(values[0] ?? 0) },
          {
            name: 'Failed',
            cell: ({ values }) => (
              <span className={values[1] ? 'text-error' : 'text-text-3'}>
                {values[1] != null && formatCount(values[1])}
              </span>
            ),
          },
          { name: 'p50', cell: ({ values }) => <Seconds value={values[2]} /> },
          { name: 'p95', cell: ({ values }) => <Seconds value={values[3]} /> },
          {
            name: 'Tokens',
            drawn: true,
            minor: true,
            cell: ({ key }) => (
              <Bar
                most={most}
                parts={[
                  { ...TOKENS[0], value: input?.get(key) ?? 0 },
                  { ...TOKENS[1], value: output?.get(key) ?? 0 },
                ]}
              />
            ),
          },
          { name: 'Input', cell: ({ key }) => <Count value={input?.get(key)} why={WHY} /> },
          { name: 'Output', cell: ({ key }) => <Count value={output?.get(key)} why={WHY} /> },
          { name: 'Cost', minor: true, cell: ({ key }) => <Cost value={cost?.get(key)} why={WHY} /> },
        ]}
      />
      <Legend parts={TOKENS} />
    </PanelBody>
  )
}

export function ModelsPanel({ query }: { readonly query: TraceQuery }) {
  return (
    <Panel title="How do the models do?" note="calls of language models; tokens are what they report">
      {(seen) => <Models query={query} seen={seen} />}
    </Panel>
  )
}
