import { useEffect, useMemo, useRef } from 'react'
import { useLocation } from 'react-router-dom'
import { changesBetween } from '../../../domain/diff/changes.ts'
import { withAfter } from '../../../domain/diff/recorded-changes.ts'
import { wordChanges } from '../../../domain/diff/word-changes.ts'
import type { ParticipantData } from '../../../domain/model/trace.ts'
import { DiffList, DiffTally } from '../../../ui/diff/diff-list.tsx'
import { tallyOf } from '../../../ui/diff/diff-rows.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { SectionHead } from '../section.tsx'

/** What the recording of changes did not fit, each in words. */
function Problems({ problems }: { readonly problems: readonly string[] }) {
  return (
    <details className="mt-1.5 text-data text-warn">
      <summary>
        {problems.length === 1 ? '1 recorded change' : `${problems.length} recorded changes`} did not fit the
        data at the start
      </summary>
      <ul className="list-disc pl-4 font-mono text-code">
        {problems.map((problem) => (
          <li key={problem} className="wrap-anywhere">
            {printable(problem)}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** What changed in the participant's data during the trace; nothing where nothing did or it is not known. */
export function TurnChanges({ data }: { readonly data: ParticipantData }) {
  const known = useMemo(() => withAfter(data), [data])
  const differences = useMemo(
    () => (known.after === undefined ? [] : changesBetween(known.before, known.after)),
    [known],
  )
  const problems = known.problems ?? []
  const { hash } = useLocation()
  const shown = useRef<HTMLElement>(null)
  useEffect(() => {
    if (hash === '#changes') shown.current?.scrollIntoView()
  }, [hash])
  if (differences.length === 0 && problems.length === 0) return null
  return (
    <section id="changes" ref={shown} aria-label="Changes during this trace" className="mt-2.5 scroll-mt-4">
      <SectionHead title="Changes during this trace">
        <DiffTally tally={tallyOf(differences)} />
      </SectionHead>
      <DiffList label="Changes" differences={differences} words={wordChanges} />
      {problems.length > 0 && <Problems problems={problems} />}
    </section>
  )
}
