import { useId, useMemo, useState } from 'react'
import type { TraceSummary } from '../../domain/model/trace.ts'
import { useWholeTraces } from '../../state/whole-traces.ts'
import { Button } from '../../ui/button.tsx'
import { jsonPreview } from '../../ui/json/json-lines.ts'
import { formatCount } from '../../ui/text/format.ts'
import { printable } from '../../ui/text/printable-text.ts'
import { dataHistory } from './data-history.ts'

/** Turns that are read for the history: the latest ones. */
const MOST = 300

/** How one field of the participant's data went over the session: read when asked for. */
export function FieldHistory({ turns }: { readonly turns: readonly TraceSummary[] }) {
  const [asked, setAsked] = useState(false)
  const [chosen, setChosen] = useState<string>()
  const id = useId()
  const skipped = Math.max(0, turns.length - MOST)
  const ids = useMemo(() => turns.slice(skipped).map(({ traceId }) => traceId), [turns, skipped])
  const { traces, loaded, failed } = useWholeTraces(ids, asked)
  const ready = loaded + failed === ids.length
  const fields = useMemo(
    () => (ready ? dataHistory(traces.map((trace) => trace?.participantData)) : []),
    [ready, traces],
  )
  const field = fields.find(({ path }) => path === chosen) ?? fields[0]
  return (
    <section className="px-gutter pt-2.5 pb-3">
      <h2 className="mb-1 text-label font-semibold text-text-2">Field history</h2>
      {!asked && <Button onClick={() => setAsked(true)}>Show field history</Button>}
      {asked && !ready && (
        <p role="status" className="text-data text-text-3">
          {formatCount(loaded)} of {formatCount(ids.length)} turns loaded
        </p>
      )}
      {asked && ready && fields.length === 0 && <p className="text-data text-text-3">Nothing changed.</p>}
      {asked && ready && field && (
        <>
          <label htmlFor={id} className="sr-only">
            Field
          </label>
          <select
            id={id}
            value={field.path}
            onChange={(event) => setChosen(event.target.value)}
            className="h-control w-full rounded-1 border border-border-control bg-surface-1 px-1 font-mono text-code"
          >
            {fields.map(({ path, entries }) => (
              <option key={path} value={path}>
                {printable(path)} ({entries.length})
              </option>
            ))}
          </select>
          <ol aria-label="Values of the field" className="mt-2 grid gap-px font-mono text-code">
            {field.entries.map((entry, at) => (
              <li key={at} className="grid grid-cols-[72px_minmax(0,1fr)] gap-2 bg-surface-2 px-1.5">
                <span className="font-sans text-label text-text-3">
                  turn {skipped + entry.at + 1}
                  {entry.during ? '' : ', start'}
                </span>
                <bdi className="wrap-anywhere">
                  {entry.value === undefined ? (
                    <span className="text-text-3">not set</span>
                  ) : (
                    printable(jsonPreview(entry.value, 300))
                  )}
                </bdi>
              </li>
            ))}
          </ol>
          <p className="mt-1 text-label text-text-3">
            {skipped > 0 && `Latest ${MOST} of ${formatCount(turns.length)} turns. `}
            {failed > 0 && `${formatCount(failed)} ${failed === 1 ? 'turn' : 'turns'} could not be loaded.`}
          </p>
        </>
      )}
    </section>
  )
}
