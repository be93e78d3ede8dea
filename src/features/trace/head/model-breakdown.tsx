import type { SpanKind } from '../../../domain/model/span.ts'
import type { CountedSpans, Trace } from '../../../domain/model/trace.ts'
import { Button } from '../../../ui/button.tsx'
import { formatCount } from '../../../ui/text/format.ts'
import { printable } from '../../../ui/text/printable-text.ts'
import { Cost, Count } from '../../../ui/text/quantity.tsx'

const HEAD = ['Model', 'Calls', 'Input', 'Output', 'Total', 'Cost'] as const
const CELL = 'h-row-table px-2 text-right first:pl-4 first:text-left last:pr-4'

/** The words of the way to the counted spans: how many there are, and how many of them can be shown. */
const showing = (counted: CountedSpans | undefined, kind: SpanKind): string => {
  if (!counted) return `Show the ${kind} spans`
  const { spanIds, more } = counted
  if (more !== undefined)
    return `Show first ${formatCount(spanIds.length)} of ${formatCount(spanIds.length + more)} counted spans`
  return spanIds.length === 1 ? 'Show 1 counted span' : `Show ${formatCount(spanIds.length)} counted spans`
}

/** What stands behind a number: each model's share, and the way to the spans themselves. */
export function ModelBreakdown({
  trace,
  kind,
  counted,
  onShow,
}: {
  readonly trace: Trace
  readonly kind: SpanKind
  readonly counted: CountedSpans | undefined
  readonly onShow: (() => void) | undefined
}) {
  const models = kind === 'generation' ? (trace.models ?? []) : []
  const why = 'not reported'
  return (
    <div className="grid gap-2 py-2">
      {models.length > 0 && (
        <table>
          <caption className="sr-only">Tokens and cost by model</caption>
          <thead>
            <tr>
              {HEAD.map((name) => (
                <th key={name} scope="col" className={`${CELL} text-label font-normal text-text-3`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.model} className="border-t border-border-1">
                <td className={`${CELL} cut max-w-[28ch]`} title={printable(model.model)}>
                  {printable(model.model)}
                </td>
                <td className={CELL}>{model.calls}</td>
                <td className={CELL}>
                  <Count value={model.inputTokens} why={why} />
                </td>
                <td className={CELL}>
                  <Count value={model.outputTokens} why={why} />
                </td>
                <td className={CELL}>
                  <Count value={model.totalTokens} why={why} />
                </td>
                <td className={CELL}>
                  <Cost value={model.cost} why={why} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {onShow && (
        <p className="px-4">
          <Button data-autofocus="true" onClick={onShow}>
            {showing(counted, kind)}
          </Button>
          <span className="pl-2 text-label text-text-3">
            {kind === 'tool'
              ? 'Nested spans of one call count once.'
              : 'Only the innermost nested call counts.'}
          </span>
        </p>
      )}
    </div>
  )
}
