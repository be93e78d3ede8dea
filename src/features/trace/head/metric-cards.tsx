import { type ReactNode, useRef, useState } from 'react'
import type { SpanKind } from '../../../domain/model/span.ts'
import type { CountedMeasure, Trace } from '../../../domain/model/trace.ts'
import { NEWEST_FIRST, type TraceQuery } from '../../../domain/query/trace-query.ts'
import { useChatbots } from '../../../state/queries.ts'
import { useSource } from '../../../state/source-context.tsx'
import { Popover } from '../../../ui/overlay/popover.tsx'
import { durationText } from '../../../ui/text/format.ts'
import { Cost, Count, Seconds } from '../../../ui/text/quantity.tsx'
import type { SpanPanelCommand } from '../span-panel-command.ts'
import { type MetricFact, metricFacts, slowFactor } from './metric-facts.ts'
import { ModelBreakdown } from './model-breakdown.tsx'

const chatbotQuery = (chatbot: string): TraceQuery => ({
  conditions: [{ field: 'chatbot', operator: 'is', values: [chatbot] }],
  sort: NEWEST_FIRST,
})

/** What a number is counted over, and the kind of those spans where the trace does not name them. */
const COUNTED: { readonly [id: string]: readonly [measure: CountedMeasure, kind: SpanKind] } = {
  llmTurns: ['llmTurns', 'generation'],
  toolCalls: ['toolCalls', 'tool'],
  totalTokens: ['tokens', 'generation'],
  inputTokens: ['tokens', 'generation'],
  outputTokens: ['tokens', 'generation'],
  cost: ['cost', 'generation'],
}

const Value = ({ fact }: { readonly fact: MetricFact }) => {
  const why = fact.note ?? 'unknown'
  if (fact.shows === 'cost') return <Cost value={fact.value} why={why} />
  if (fact.shows === 'duration') return <Seconds value={fact.value} why={why} />
  return <Count value={fact.value} why={why} />
}

const CARD = 'min-w-0 border-l border-border-1 px-gutter py-2 text-left first:border-l-0'

function CardBody({ fact, first }: { readonly fact: MetricFact; readonly first?: ReactNode }) {
  return (
    <>
      <dt className="text-label text-text-3">{fact.label}</dt>
      <dd className="flex items-baseline gap-2 text-title font-semibold whitespace-nowrap">
        <span>
          <Value fact={fact} />
        </span>
        {first}
        {fact.note !== undefined && (
          <small className="cut text-label font-normal text-text-3" title={fact.note}>
            {fact.note}
          </small>
        )}
      </dd>
    </>
  )
}

function CountedCard({
  fact,
  trace,
  onShow,
}: {
  readonly fact: MetricFact
  readonly trace: Trace
  readonly onShow: ((command: SpanPanelCommand) => void) | undefined
}) {
  const anchor = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const [measure, kind] = COUNTED[fact.id] ?? ['tokens', 'generation']
  const counted = trace.counted?.[measure]
  const opens = fact.value !== null && ((trace.models?.length ?? 0) > 0 || onShow !== undefined)
  return (
    <div ref={anchor} className={`relative ${CARD} ${opens ? 'hover:bg-surface-2' : ''}`}>
      <CardBody fact={fact} />
      {opens && (
        <dd>
          <button
            type="button"
            aria-label={`${fact.label}: what is counted`}
            aria-expanded={open}
            className="absolute inset-0 focus-visible:-outline-offset-2"
            onClick={() => setOpen(!open)}
          />
          {open && (
            <Popover anchor={anchor} label={`${fact.label}: what is counted`} onClose={() => setOpen(false)}>
              <ModelBreakdown
                trace={trace}
                kind={kind}
                counted={counted}
                onShow={
                  onShow &&
                  (() => {
                    setOpen(false)
                    onShow(
                      counted
                        ? { shows: 'only', label: fact.label, spanIds: counted.spanIds }
                        : { shows: 'kind', kind },
                    )
                  })
                }
              />
            </Popover>
          )}
        </dd>
      )}
    </div>
  )
}

/** The numbers of a turn. What is behind a number is one click away. */
export function MetricCards({
  trace,
  compared,
  onShow,
}: {
  readonly trace: Trace
  /** Whether to ask how long the chatbot usually takes. */
  readonly compared: boolean
  /** Shows the counted spans in the panel; absent where there are no spans. */
  readonly onShow: ((command: SpanPanelCommand) => void) | undefined
}) {
  const { capabilities } = useSource().source.info
  const chatbots = useChatbots(
    chatbotQuery(trace.chatbot.id),
    compared && capabilities.costs.chatbots === 'exact',
  )
  const usual = chatbots.data?.items.find((chatbot) => chatbot.id === trace.chatbot.id)
  const factor = trace.status === 'pending' ? undefined : slowFactor(trace.duration, usual)
  const first = trace.metrics.timeToFirstToken
  const duration: MetricFact = {
    id: 'duration',
    label: 'Duration',
    shows: 'duration',
    value: trace.status === 'pending' && trace.duration === 0 ? null : trace.duration,
    ...(trace.status === 'pending'
      ? { note: 'still running' }
      : typeof first === 'number'
        ? { note: `first token after ${durationText(first)}` }
        : {}),
  }
  return (
    <dl className="grid grid-cols-4 border-y border-border-1 max-[640px]:grid-cols-2 wide:grid-cols-[1.5fr_1fr_1fr_1.25fr_1fr_1.25fr_1.25fr] max-wide:[&>div:nth-child(4n+1)]:border-l-0 max-wide:[&>div:nth-child(n+5)]:border-t max-wide:[&>div:nth-child(7)]:col-span-2 max-[640px]:[&>div:nth-child(2n+1)]:border-l-0 max-[640px]:[&>div:nth-child(n+3)]:border-t">
      <div className={CARD}>
        <CardBody
          fact={duration}
          first={
            factor !== undefined &&
            usual && (
              <small className="cut text-label font-normal text-warn">
                {factor.toFixed(1)} × the p95 of {durationText(usual.p95 ?? 0)}
              </small>
            )
          }
        />
      </div>
      {metricFacts(trace.metrics, trace.status).map((fact) => (
        <CountedCard key={fact.id} fact={fact} trace={trace} onShow={onShow} />
      ))}
    </dl>
  )
}
