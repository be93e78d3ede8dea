import { PHASES, type Phase } from '../../../../semantics/trace/rasa-explanation.ts'
import { Duration } from '../../../../ui/text/quantity.tsx'
import { SectionHead } from '../../section.tsx'

/** How long each phase of the turn took, beside a bar of its share. µs. */
export function PhaseTimes({
  times,
  whole,
}: {
  readonly times: Readonly<Record<Phase, number>>
  readonly whole: number
}) {
  return (
    <section className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <SectionHead title="Time by phase" level={3} label="share of the turn" />
      <table className="w-full text-data">
        <tbody>
          {PHASES.map((phase) => {
            const share = whole > 0 ? times[phase] / whole : 0
            return (
              <tr key={phase}>
                <th scope="row" className="w-[112px] text-left font-normal text-text-3">
                  {phase}
                </th>
                <td>
                  <span aria-hidden="true" className="block h-1 bg-surface-3">
                    <span className="block h-1 bg-mark-1" style={{ width: `${Math.min(1, share) * 100}%` }} />
                  </span>
                </td>
                <td className="w-[72px] text-right">
                  <Duration value={times[phase]} />
                </td>
                <td className="w-11 text-right text-text-3">{Math.round(share * 100)} %</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
