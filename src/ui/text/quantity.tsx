import { type Quantity as Amount, formatCost, formatCount, inSeconds, scaledDuration } from './format.ts'

/** A number and its unit, the unit dimmed. */
function Amounts({ amount }: { readonly amount: Amount }) {
  return (
    <>
      {amount.value}
      {amount.unit && <span className="pl-[0.2em] font-normal text-text-3">{amount.unit}</span>}
    </>
  )
}

/** What is not known: a dash, with the reason in the title and for screen readers. */
export function Unknown({ why = 'unknown' }: { readonly why?: string }) {
  return (
    <span className="font-normal text-text-3" title={why}>
      <span aria-hidden="true">—</span>
      <span className="sr-only">{why}</span>
    </span>
  )
}

interface MeasureProps {
  /** null and undefined = unknown. */
  readonly value: number | null | undefined
  readonly why?: string
}

/** A duration in µs, in the unit that fits: µs, ms, s, min, h. */
export const Duration = ({ value, why }: MeasureProps) =>
  value == null ? <Unknown {...(why && { why })} /> : <Amounts amount={scaledDuration(value)} />

/** A duration in µs, always in seconds: for columns. */
export const Seconds = ({ value, why }: MeasureProps) =>
  value == null ? <Unknown {...(why && { why })} /> : <Amounts amount={inSeconds(value)} />

/** A count, grouped by thousands. */
export const Count = ({ value, why }: MeasureProps) =>
  value == null ? <Unknown {...(why && { why })} /> : formatCount(value)

/** US dollars. */
export const Cost = ({ value, why }: MeasureProps) =>
  value == null ? <Unknown {...(why && { why })} /> : formatCost(value)
