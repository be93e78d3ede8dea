import { useMemo } from 'react'
import type { SpanOutline } from '../../../../domain/model/span.ts'
import type { SpanId, TraceId } from '../../../../domain/model/units.ts'
import {
  type ActionExplanation,
  dialogueStack,
  explainAction,
  phaseTimes,
  planExplanation,
  type StackSegment,
  stackSpans,
} from '../../../../semantics/trace/rasa-explanation.ts'
import { useSpanPayloads } from '../../../../state/queries.ts'
import { useSource } from '../../../../state/source-context.tsx'

/** A turn has some hundreds of spans; what is far longer is no turn to explain step by step. */
const LONGEST_TURN = 5_000

/** A turn of Rasa's has one of these; other traces are not looked through any further. */
const isOfRasa = (spans: readonly SpanOutline[]): boolean =>
  spans.length <= LONGEST_TURN &&
  spans.some(({ name }) => name.startsWith('MessageProcessor.') || name.includes('flow_executor.'))

const NONE: readonly SpanId[] = []

/** What was on top of the dialogue stack over the turn; empty for traces that tell nothing of it. */
export function useDialogueStack(
  spans: readonly SpanOutline[],
  trace: TraceId,
  source: string,
): readonly StackSegment[] {
  const { sources } = useSource()
  // Nobody asked for it: it is not worth a backend's sixty calls.
  const cheap = sources.find(({ id }) => id === source)?.capabilities.payloads === 'batch'
  const ids = useMemo(() => (cheap && isOfRasa(spans) ? stackSpans(spans) : NONE), [cheap, spans])
  const { details, pending } = useSpanPayloads(trace, ids, { source })
  return useMemo(() => (pending ? [] : dialogueStack(details.map(({ span }) => span))), [details, pending])
}

/** How long Rasa spent in each of its phases; undefined where the trace has none. */
export const usePhases = (spans: readonly SpanOutline[]) =>
  useMemo(() => (isOfRasa(spans) ? phaseTimes(spans) : undefined), [spans])

export interface Explained {
  readonly explanation: ActionExplanation
  readonly pending: boolean
  /** Whether the selected span is the action itself, or ran inside of it. */
  readonly within: boolean
}

/** Why the action ran that a span is or belongs to; undefined where it belongs to none. */
export function useExplanation(
  spans: readonly SpanOutline[],
  selected: SpanId | undefined,
  trace: TraceId,
  source: string,
): Explained | undefined {
  const plan = useMemo(
    () => (selected !== undefined && isOfRasa(spans) ? planExplanation(spans, selected) : undefined),
    [spans, selected],
  )
  const { details, pending } = useSpanPayloads(trace, plan?.needed ?? NONE, { source })
  return useMemo(() => {
    if (!plan) return undefined
    const explanation = explainAction(
      details.map(({ span }) => span),
      plan,
    )
    return { explanation, pending, within: plan.action !== selected }
  }, [plan, details, pending, selected])
}
