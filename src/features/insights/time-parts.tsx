import type { TraceQuery } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { useSource } from '../../state/source-context.tsx'
import { shareText } from '../../ui/text/format.ts'
import { Seconds } from '../../ui/text/quantity.tsx'
import { type Aggregates, type AsksAggregate, useAggregates } from './aggregates.ts'
import { Bar, type FigureColumn, FigureTable, Legend, RowName } from './figure-table.tsx'
import { largest, soleValue } from './merged-rows.ts'
import { Panel, PanelBody } from './panel.tsx'
import { slowerThan } from './period.ts'

/** In the order of a turn, each under its name and with its colour. */
const PARTS = [
  { part: 'model', name: 'model', colour: 'kind-generation' },
  { part: 'retrieval', name: 'vector store', colour: 'kind-retrieval' },
  { part: 'tool', name: 'tool', colour: 'kind-tool' },
  { part: 'action-network', name: 'action network', colour: 'kind-router' },
  { part: 'action-code', name: 'action code', colour: 'kind-agent' },
  { part: 'upstream', name: 'upstream', colour: 'kind-embedding' },
  { part: 'engine', name: 'engine', colour: 'kind-system' },
] as const

interface Group {
  readonly name: string
  readonly to: string
  /** Mean of the turns, µs; null = none has ended. */
  readonly duration: number | null
  /** µs of self time in each part, of all turns together. */
  readonly parts: ReadonlyMap<string, number>
  readonly turns: number
}

const askOf = (query: TraceQuery): readonly AsksAggregate[] => [
  { query, measure: 'count' },
  { query, measure: 'mean', of: 'duration' },
  { query, measure: 'sum', of: 'selfTime', by: ['part'] },
]

function groupOf(name: string, to: string, { replies }: Aggregates): Group {
  const [count, duration, parts] = replies ?? []
  return {
    name,
    to,
    duration: soleValue(duration),
    parts: new Map(parts?.rows.map(({ key, value }) => [key[0] ?? '', value ?? 0])),
    turns: soleValue(count) ?? 0,
  }
}

const meanOf = ({ parts, turns }: Group, part: string): number =>
  turns === 0 ? 0 : (parts.get(part) ?? 0) / turns

const shareOf = ({ parts }: Group, part: string): number => {
  const all = [...parts.values()].reduce((sum, value) => sum + value, 0)
  return all === 0 ? 0 : (parts.get(part) ?? 0) / all
}

/** Spans that were not all counted cannot be set against turns that were. */
const isPartial = ({ problems, scanned }: Aggregates): boolean => scanned !== undefined || problems.length > 0

/** Self time by part, mean of a turn: the slowest turns beside all. */
function Parts({ query, seen }: { readonly query: TraceQuery; readonly seen: boolean }) {
  const { source } = useSource()
  const limit = useAggregates([{ query, measure: 'p95', of: 'duration' }], seen)
  const p95 = soleValue(limit.replies?.[0])
  const slowest = p95 === null ? undefined : slowerThan(p95, query)
  const all = useAggregates(askOf(query), seen)
  const slow = useAggregates(slowest ? askOf(slowest) : [], seen && slowest !== undefined)
  const groups = [
    ...(slowest ? [groupOf('slowest 5 %', paths.traces(source.info.id, slowest), slow)] : []),
    groupOf('all turns', paths.traces(source.info.id, query), all),
  ]
  const partial = isPartial(all) || isPartial(slow)
  const lengthOf = partial ? shareOf : meanOf
  const used = PARTS.filter(({ part }) => groups.some(({ parts }) => (parts.get(part) ?? 0) > 0))
  const most = largest(groups.map((group) => used.reduce((sum, { part }) => sum + lengthOf(group, part), 0)))
  const columns: readonly FigureColumn<Group>[] = [
    { name: 'Mean duration', cell: ({ duration }) => <Seconds value={duration} why="no turn has ended" /> },
    {
      name: 'Self time by part',
      drawn: true,
      cell: (group) => (
        <Bar
          most={most}
          parts={used.map(({ part, name, colour }) => ({ name, colour, value: lengthOf(group, part) }))}
        />
      ),
    },
    ...used.map(
      ({ part, name }): FigureColumn<Group> => ({
        name,
        cell: (group) =>
          partial ? shareText(shareOf(group, part), 1) : <Seconds value={meanOf(group, part)} />,
      }),
    ),
  ]
  const answer = slowest && slow.replies === undefined ? slow : all
  return (
    <PanelBody answer={answer} isEmpty={used.length === 0} empty="No steps of these turns are recorded.">
      <FigureTable
        label="Self time by part"
        head="Turns"
        rows={groups}
        rowKey={({ name }) => name}
        name={({ name, to }) => <RowName text={name} to={to} none="" />}
        columns={columns}
      />
      <Legend parts={used} />
      {partial && (
        <p className="mt-1.5 text-label text-text-3">
          Parts as shares of the self time of the spans that are counted.
        </p>
      )}
    </PanelBody>
  )
}

export function TimeParts({ query }: { readonly query: TraceQuery }) {
  return (
    <Panel
      title="Where does the time go?"
      note="self time of the steps, mean of a turn; steps side by side add up"
      className="wide:col-span-2"
    >
      {(seen) => <Parts query={query} seen={seen} />}
    </Panel>
  )
}
