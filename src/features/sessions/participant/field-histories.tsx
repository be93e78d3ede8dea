import { useMemo, useState } from 'react'
import type { TraceSummary } from '../../../domain/model/trace.ts'
import { paths } from '../../../state/location.ts'
import { useWholeTraces } from '../../../state/whole-traces.ts'
import { Button } from '../../../ui/button.tsx'
import { jsonPreview } from '../../../ui/json/json-lines.ts'
import { Link } from '../../../ui/link.tsx'
import { dayText, formatCount, fullTime } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { dataHistory, type FieldHistory, type HistoryEntry } from '../data-history.ts'

/** Turns whose data is read at once; the first are read by themselves where that costs little. */
const STEP = 200
/** Values that stand in a row before `earlier` unfolds the rest. */
const SHOWN = 3

type Kind = 'set' | 'changed' | 'removed'

/** What happened to a field at the nth of its entries; undefined where it only was not there yet. */
const kindOf = (entries: readonly HistoryEntry[], at: number): Kind | undefined => {
  const [before, now] = [entries[at - 1]?.value, entries[at]?.value]
  if (now === undefined) return before === undefined ? undefined : 'removed'
  return before === undefined ? 'set' : 'changed'
}

const LOOKS: Record<Kind, { readonly glyph: string; readonly text: string; readonly mark: string }> = {
  set: { glyph: '+', text: 'text-added', mark: 'h-3 w-[5px] bg-added' },
  changed: { glyph: '~', text: 'text-modified', mark: 'h-2 w-[5px] bg-modified' },
  removed: { glyph: '−', text: 'text-removed', mark: 'h-3 w-[5px] border border-removed bg-surface-1' },
}

interface RowProps {
  readonly field: FieldHistory
  readonly turns: readonly TraceSummary[]
  readonly hrefOf: (turn: TraceSummary) => string
  readonly utc: boolean
}

/** The field over the turns, evenly: a line while it had a value, a mark where that became another. */
function Strip({ field: { entries }, turns, hrefOf }: RowProps) {
  const place = (at: number) => `${((at + 0.5) / turns.length) * 100}%`
  return (
    // The values beside it say the same in words and lead to the same turns.
    <div aria-hidden="true" className="relative h-4">
      {entries.map(({ at, value }, index) => {
        const end = entries[index + 1]?.at
        return value === undefined ? null : (
          <span
            key={`line ${index}`}
            className="absolute top-[7px] h-0.5 bg-border-control"
            style={{ left: place(at), right: end === undefined ? 0 : `calc(100% - ${place(end)})` }}
          />
        )
      })}
      {entries.map(({ at }, index) => {
        const kind = kindOf(entries, index)
        const turn = turns[at]
        return kind === undefined || turn === undefined ? null : (
          <Link
            key={`mark ${index}`}
            to={hrefOf(turn)}
            tabIndex={-1}
            title={`turn ${at + 1}: ${kind}`}
            className={`absolute top-1/2 -translate-x-1/2 -translate-y-1/2 ${LOOKS[kind].mark}`}
            style={{ left: place(at) }}
          />
        )
      })}
    </div>
  )
}

function Values({ field: { entries, path }, turns, hrefOf, utc }: RowProps) {
  const [all, setAll] = useState(false)
  const year = new Date().getFullYear()
  const told = entries.map((entry, index) => ({ entry, kind: kindOf(entries, index) }))
  const known = told.filter(({ kind }) => kind !== undefined)
  const shown = all ? known : known.slice(-SHOWN)
  const earlier = known.length - shown.length
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5">
      {earlier > 0 && (
        <button
          type="button"
          onClick={() => setAll(true)}
          aria-label={`Show ${formatCount(earlier)} earlier ${earlier === 1 ? 'value' : 'values'} of ${printable(path)}`}
          className="text-label text-accent hover:underline"
        >
          {formatCount(earlier)} earlier
        </button>
      )}
      {shown.map(({ entry, kind }, index) => {
        const turn = turns[entry.at]
        if (!turn || !kind) return null
        const words = kind === 'removed' ? 'removed' : printable(jsonPreview(entry.value ?? null, 300))
        return (
          <span key={index} className="inline-flex min-w-0 items-baseline gap-1">
            {(index > 0 || earlier > 0) && <span className="text-text-3">→</span>}
            <Link
              to={hrefOf(turn)}
              title={`${words} · turn ${entry.at + 1}${entry.during ? '' : ', at its start'} · ${fullTime(turn.startTime, utc)}`}
              className={`cut max-w-[26ch] font-mono text-code ${kind === 'removed' ? LOOKS.removed.text : 'text-text-1'}`}
            >
              <bdi>{words}</bdi>
            </Link>
            <span className="text-label whitespace-nowrap text-text-3">
              {dayText(turn.startTime, utc, year)}
            </span>
          </span>
        )
      })}
    </span>
  )
}

/** How each field of what is known of a participant went, over turns and sessions, each value with its turn. */
export function FieldHistories({
  source,
  turns,
  byItself,
  utc,
}: {
  readonly source: string
  /** Oldest first. */
  readonly turns: readonly TraceSummary[]
  /** Whether reading turns costs little here: the latest are read without being asked for. */
  readonly byItself: boolean
  readonly utc: boolean
}) {
  const [wanted, setWanted] = useState(byItself ? STEP : 0)
  const read = useMemo(() => (wanted === 0 ? [] : turns.slice(-wanted)), [turns, wanted])
  const ids = useMemo(() => read.map(({ traceId }) => traceId), [read])
  const { traces, loaded, failed } = useWholeTraces(ids)
  const ready = loaded + failed === ids.length
  const fields = useMemo(
    () => (ready ? dataHistory(traces.map((trace) => trace?.participantData)) : []),
    [ready, traces],
  )
  const changes = fields.reduce(
    (sum, { entries }) => sum + entries.filter((_, at) => at > 0 && kindOf(entries, at)).length,
    0,
  )
  const left = turns.length - read.length
  const hrefOf = (turn: TraceSummary) => `${paths.trace(source, turn.traceId)}#changes`
  return (
    <section aria-labelledby="histories" className="min-w-0">
      <header className="flex min-h-9 flex-wrap items-center gap-x-2.5 px-gutter">
        <h2 id="histories" className="text-prose font-semibold">
          History of each field
        </h2>
        {ready && fields.length > 0 && (
          <span className="text-data text-text-3">
            {formatCount(fields.length)} {fields.length === 1 ? 'field' : 'fields'}, {formatCount(changes)}{' '}
            {changes === 1 ? 'change' : 'changes'} in {formatCount(read.length)}{' '}
            {read.length === 1 ? 'turn' : 'turns'}
          </span>
        )}
        <span className="flex-1" />
        <span className="flex gap-3 text-label max-[640px]:hidden">
          {(['set', 'changed', 'removed'] as const).map((kind) => (
            <span key={kind} className={LOOKS[kind].text}>
              {LOOKS[kind].glyph} {kind}
            </span>
          ))}
        </span>
      </header>
      {!ready && (
        <p role="status" className="px-gutter pb-2 text-data text-text-3">
          {formatCount(loaded)} of {formatCount(ids.length)} turns loaded
        </p>
      )}
      {ready && read.length > 0 && fields.length === 0 && (
        <p className="px-gutter pb-2 text-data text-text-3">
          No field changed in {left > 0 ? `the latest ${formatCount(read.length)} turns` : 'these turns'}.
        </p>
      )}
      {fields.length > 0 && (
        <table className="w-full table-fixed text-data">
          <thead className="border-y border-border-1 bg-surface-2 text-label text-text-3">
            <tr className="h-7 [&>th]:font-normal">
              <th scope="col" className="w-[168px] pl-gutter text-left max-[640px]:w-[40%]">
                Field
              </th>
              <th scope="col" className="w-12 text-right">
                Count
              </th>
              <th scope="col" className="w-[26%] px-3 text-left max-[900px]:hidden">
                By turn
              </th>
              <th scope="col" className="px-gutter text-left">
                Values, oldest first
              </th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => {
              const cut = field.path.lastIndexOf('.') + 1
              const row = { field, turns: read, hrefOf, utc }
              return (
                <tr key={field.path} className="border-b border-border-1 align-baseline">
                  <th scope="row" className="cut py-1 pl-gutter text-left font-mono text-code font-normal">
                    <bdi title={printable(field.path)}>
                      <span className="text-text-3">{printable(field.path.slice(0, cut))}</span>
                      {printable(field.path.slice(cut))}
                    </bdi>
                  </th>
                  <td className="text-right">
                    {field.entries.filter((_, at) => kindOf(field.entries, at)).length}
                  </td>
                  <td className="px-3 align-middle max-[900px]:hidden">
                    <Strip {...row} />
                  </td>
                  <td className="px-gutter py-1">
                    <Values {...row} />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      <p className="flex flex-wrap items-center gap-2 px-gutter py-1.5 text-label text-text-3">
        {left > 0 && ready && (
          <Button onClick={() => setWanted(wanted + STEP)}>
            {wanted === 0 ? 'Show field history' : `Read ${formatCount(Math.min(STEP, left))} older turns`}
          </Button>
        )}
        {left > 0 &&
          wanted > 0 &&
          `${formatCount(left)} older ${left === 1 ? 'turn' : 'turns'} not read for this. `}
        {failed > 0 && `${formatCount(failed)} ${failed === 1 ? 'turn' : 'turns'} could not be loaded.`}
      </p>
    </section>
  )
}
