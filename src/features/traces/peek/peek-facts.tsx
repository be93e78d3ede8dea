import type { ReactNode } from 'react'
import { measured, type TraceSummary } from '../../../domain/model/trace.ts'
import { Cost, Count, Seconds } from '../../../ui/text/quantity.tsx'
import { limitOf, whyUnknown } from '../table/metric-reason.ts'

/** The measures of a turn in one line. */
export function PeekFacts({ trace }: { readonly trace: TraceSummary }) {
  const { metrics } = trace
  const onlyInput =
    metrics.totalTokens != null && metrics.inputTokens === metrics.totalTokens && metrics.outputTokens == null
  const tokens = measured(trace, 'totalTokens') ?? measured(trace, 'inputTokens')
  return (
    <dl className="flex justify-between gap-3">
      <Fact label="Duration">
        {trace.status === 'pending' ? (
          <Seconds value={null} why="still running" />
        ) : (
          <Seconds value={trace.duration} />
        )}
      </Fact>
      <Fact label="LLM turns" limit={limitOf(metrics, 'llmTurns')}>
        <Count value={measured(trace, 'llmTurns')} why={whyUnknown(trace, 'llmTurns')} />
      </Fact>
      <Fact label="Tool calls" limit={limitOf(metrics, 'toolCalls')}>
        <Count value={measured(trace, 'toolCalls')} why={whyUnknown(trace, 'toolCalls')} />
      </Fact>
      <Fact label="Tokens" limit={limitOf(metrics, 'totalTokens')}>
        <Count value={tokens} why={whyUnknown(trace, 'totalTokens')} />
        {(onlyInput || (metrics.totalTokens == null && tokens != null)) && (
          <span className="pl-[0.2em] font-normal text-text-3">in</span>
        )}
      </Fact>
      <Fact label="Cost" limit={limitOf(metrics, 'cost')}>
        <Cost value={measured(trace, 'cost')} why={whyUnknown(trace, 'cost')} />
      </Fact>
    </dl>
  )
}

function Fact({
  label,
  limit,
  children,
}: {
  readonly label: string
  readonly limit?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <div className="whitespace-nowrap">
      <dt className="text-label text-text-3">{label}</dt>
      <dd className="text-prose font-semibold" title={limit}>
        {children}
        {limit && <span className="block text-label font-normal text-text-3">{limit.split(/[: ]/)[0]}</span>}
      </dd>
    </div>
  )
}
