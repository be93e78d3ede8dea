import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { formatCount, shareText } from '../../ui/text/format.ts'
import { useAggregates } from './aggregates.ts'
import { Bar, FigureTable, RowName } from './figure-table.tsx'
import { largest } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'
import { within } from './within.ts'

const MOST = 10

interface Cause {
  readonly error: string | null
  readonly turns: number
  readonly rest?: true
}

function Errors({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const id = useSource().source.info.id
  const failed = within('status', 'error', query)
  const answer = useAggregates([{ query, measure: 'errors', by: ['error'], top: MOST }], seen)
  const [reply] = answer.replies ?? []
  const causes: readonly Cause[] = [
    ...(reply?.rows.map(({ key, value }) => ({ error: key[0] ?? null, turns: value ?? 0 })) ?? []),
    ...(reply?.others ? [{ error: 'Other', turns: reply.others.value ?? 0, rest: true as const }] : []),
  ]
  const rows = causes.filter(({ turns }) => turns > 0)
  const all = rows.reduce((sum, { turns }) => sum + turns, 0)
  const most = largest(rows.map(({ turns }) => turns))
  return (
    <PanelBody answer={answer} isEmpty={rows.length === 0} empty="No turn failed.">
      <FigureTable
        label="Root causes"
        head={`Root cause, ${formatCount(all)} ${all === 1 ? 'turn' : 'turns'}`}
        rows={rows}
        rowKey={({ error, rest }) => JSON.stringify([error, rest])}
        name={({ error, rest }) => (
          <RowName
            text={error}
            to={rest || error === null ? undefined : paths.traces(id, within('error', error, failed))}
            none="no message recorded"
          />
        )}
        columns={[
          {
            name: 'Share',
            drawn: true,
            cell: ({ turns }) => (
              <Bar most={most} parts={[{ name: 'turns', colour: 'error', value: turns }]} />
            ),
          },
          { name: 'Turns', cell: ({ turns }) => formatCount(turns) },
          { name: 'of the failed', minor: true, cell: ({ turns }) => shareText(turns, all) },
        ]}
      />
    </PanelBody>
  )
}

export function ErrorsPanel({ query }: { readonly query: TraceQuery }) {
  return (
    <Panel title="Why do turns fail?" note="by the message of the root cause" className="wide:col-span-2">
      {(seen) => <Errors query={query} seen={seen} />}
    </Panel>
  )
}
