import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { Seconds, Unknown } from '../../ui/text/quantity.tsx'
import { useAggregates } from './aggregates.ts'
import { Bar, FigureTable, Legend, RowName } from './figure-table.tsx'
import { largest, mergedRows } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'
import { within } from './within.ts'

const MOST = 12
const ALL = 1_000
const PARTS = [
  { part: 'action-network', name: 'network', colour: 'mark-3' },
  { part: 'action-code', name: 'server code', colour: 'mark-2' },
  { part: 'upstream', name: 'upstream calls', colour: 'mark-1' },
  { part: 'tool', name: 'the tool itself', colour: 'kind-tool' },
  { part: 'model', name: 'model', colour: 'kind-generation' },
  { part: 'retrieval', name: 'vector store', colour: 'kind-retrieval' },
  { part: 'engine', name: 'engine', colour: 'kind-system' },
] as const

function Actions({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const id = useSource().source.info.id
  const by = ['tool', 'call'] as const
  const answer = useAggregates(
    [
      { query, measure: 'count', by, top: ALL },
      { query, measure: 'errors', by, top: ALL },
      { query, measure: 'p50', of: 'spanDuration', by, top: ALL },
      { query, measure: 'p95', of: 'spanDuration', by, top: ALL },
      { query, measure: 'sum', of: 'selfTime', by: ['withinTool', 'part'], top: ALL },
    ],
    seen,
  )
  const [count, errors, p50, p95, self] = answer.replies ?? []
  const called = mergedRows([count, errors, p50, p95].flatMap((reply) => reply ?? [])).filter(
    ({ second }) => second === 'tool',
  )
  const rows = called.slice(0, MOST).sort((a, b) => (b.values[3] ?? 0) - (a.values[3] ?? 0))
  const times = new Map(self?.rows.map(({ key, value }) => [JSON.stringify(key), value ?? 0]))
  // What tools and actions spent in each part, a call.
  const mean = (tool: string | null, part: string, calls: number | null | undefined) =>
    calls ? (times.get(JSON.stringify([tool, part])) ?? 0) / calls : 0
  const used = PARTS.filter(({ part }) => rows.some(({ key, values }) => mean(key, part, values[0]) > 0))
  const most = largest(
    rows.map(({ key, values }) => used.reduce((sum, { part }) => sum + mean(key, part, values[0]), 0)),
  )
  return (
    <PanelBody
      more={called.length > MOST ? `The ${MOST} most called` : undefined}
      answer={answer}
      isEmpty={rows.length === 0}
      empty="No call of a tool or custom action is recorded."
    >
      <FigureTable
        label="Tools and custom actions"
        head="Tool or action"
        rows={rows}
        rowKey={({ key }) => key ?? ''}
        name={({ key }) => (
          <RowName
            text={key}
            to={key === null ? undefined : paths.traces(id, within('tool', key, query))}
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
          {
            name: 'Mean of a call by where the time goes',
            drawn: true,
            minor: true,
            cell: ({ key, values }) => (
              <Bar
                most={most}
                parts={used.map(({ part, name, colour }) => ({
                  name,
                  colour,
                  value: mean(key, part, values[0]),
                }))}
              />
            ),
          },
          ...used.map(({ part, name }) => ({
            name,
            minor: true as const,
            cell: ({ key, values }: (typeof rows)[number]) =>
              times.has(JSON.stringify([key, part])) ? (
                <Seconds value={mean(key, part, values[0])} />
              ) : (
                <Unknown why="no such step" />
              ),
          })),
          { name: 'p50', cell: ({ values }) => <Seconds value={values[2]} /> },
          { name: 'p95', cell: ({ values }) => <Seconds value={values[3]} /> },
        ]}
      />
      <Legend parts={used} />
    </PanelBody>
  )
}

export function ActionsPanel({ query }: { readonly query: TraceQuery }) {
  return (
    <Panel
      title="Which custom actions and tools are slow?"
      note="mean self time of a call, split by where it goes"
      className="wide:col-span-2"
    >
      {(seen) => <Actions query={query} seen={seen} />}
    </Panel>
  )
}
