import { isBelow, type OutlineTree, outlineTree } from '../../domain/outline-tree.ts'
import type { AttributeValue, Span, SpanOutline } from '../../domain/span.ts'
import { type DurationMicros, durationMicros, type Micros, type SpanId } from '../../domain/units.ts'
import { isNothing, readValue, saidNumber, saidText } from '../readable/tolerant-value.ts'
import { isShape } from '../readable/value-shape.ts'

/** Payloads that an explanation needs are fetched: this many at most. */
const MOST_PAYLOADS = 60

const ACTION = /^MessageProcessor\._run_action$/
const PREDICTION = /^MessageProcessor\._predict_next_with_tracker$/
const POLICY = /^(\w+)\._prediction$/
const STEP = /flow_executor\.run_step$/
const ADVANCE = /flow_executor\.advance_flows$/
const ADVANCED = /flow_executor\.advance_flows_until_next_action$/
const COMMANDS = /(\._check_commands_against_startable_flows|\.predict_commands|\.clean_up_commands)$/

/** Where an action and what led to it stand in a trace; payloads still to be fetched. */
export interface ActionPlan {
  /** The `_run_action` span. */
  readonly action: SpanId
  /** Spans whose payloads `explainAction` needs. */
  readonly needed: readonly SpanId[]
}

export interface FlowStep {
  readonly spanId: SpanId
  readonly flow: string
  readonly step?: string
  readonly description?: string
}

export interface PolicyPrediction {
  readonly spanId: SpanId
  readonly policy: string
  readonly priority?: number
  readonly score?: number
  readonly won: boolean
}

/** Why Rasa ran an action: what it understood, which steps it took, which policy won. */
export interface ActionExplanation {
  readonly action: string
  readonly commands: readonly string[]
  readonly steps: readonly FlowStep[]
  readonly policies: readonly PolicyPrediction[]
}

const nameAt = (tree: OutlineTree, at: number): string => tree.outlines[at]?.name ?? ''
const below = (tree: OutlineTree, above: number, name: RegExp): number[] => {
  const found: number[] = []
  for (let p = (tree.place[above] as number) + 1; p < (tree.end[above] as number); p++) {
    const at = tree.order[p] as number
    if (name.test(nameAt(tree, at))) found.push(at)
  }
  return found
}

/** The `_run_action` that a span is or lies in, and the prediction before it. */
function actionAround(
  tree: OutlineTree,
  selected: SpanId,
): { action: number; prediction: number } | undefined {
  const start = tree.outlines.findIndex(({ spanId }) => spanId === selected)
  let action = start
  while (action >= 0 && !ACTION.test(nameAt(tree, action))) action = tree.parent[action] as number
  if (action < 0) return undefined
  const parent = tree.parent[action] as number
  let prediction = -1
  for (const at of tree.order) {
    if ((tree.place[at] as number) > (tree.place[action] as number)) break
    if (tree.parent[at] === parent && PREDICTION.test(nameAt(tree, at))) prediction = at
  }
  return { action, prediction }
}

/**
 * What has to be read to explain the action that the selected span is, or in which it ran.
 * @returns undefined where the span belongs to no action of Rasa's
 */
export function planExplanation(outlines: readonly SpanOutline[], selected: SpanId): ActionPlan | undefined {
  const tree = outlineTree(outlines)
  const found = actionAround(tree, selected)
  if (!found) return undefined
  const { action, prediction } = found
  const commands = [...tree.order].filter(
    (at) => COMMANDS.test(nameAt(tree, at)) && (tree.place[at] as number) < (tree.place[action] as number),
  )
  const within =
    prediction < 0 ? [] : [POLICY, STEP, ADVANCED].flatMap((name) => below(tree, prediction, name))
  const ids = [action, ...commands, ...within].flatMap((at) => outlines[at]?.spanId ?? [])
  return { action: ids[0] as SpanId, needed: ids.slice(0, MOST_PAYLOADS) }
}

/** `SetSlot(confirm_transfer)`: a command as Rasa's own syntax has it, as far as the span says. */
function commandText(command: AttributeValue): string | undefined {
  if (typeof command === 'string') return command
  if (!isShape(command)) return undefined
  const kind = saidText(command.command)
  if (!kind) return undefined
  const about = [command.name, command.flow, command.slot].map(saidText).find((text) => text !== undefined)
  return about ? `${kind}: ${about}` : kind
}

/** Explains an action from the payloads that its plan named; payloads that are missing leave gaps. */
export function explainAction(payloads: readonly Span[], plan: ActionPlan): ActionExplanation {
  const byStart = [...payloads].sort((a, b) => a.startTime - b.startTime)
  const action = payloads.find(({ spanId }) => spanId === plan.action)
  const chosen = byStart.findLast(({ name }) => ADVANCED.test(name))
  const score = saidNumber(chosen?.attributes.score)
  const commands = byStart
    .filter(({ name }) => COMMANDS.test(name))
    .flatMap(({ attributes }) => {
      const value = readValue(attributes.commands)
      return Array.isArray(value) ? value.flatMap((each) => commandText(each) ?? []) : []
    })
  const predictions = byStart.flatMap((span) => {
    const policy = POLICY.exec(span.name)?.[1]
    return policy === undefined ? [] : [{ span, policy }]
  })
  const best = Math.max(...predictions.map(({ span }) => saidNumber(span.attributes.priority) ?? 0), 0)
  return {
    action: saidText(action?.attributes.action_name) ?? action?.name ?? '',
    commands: [...new Set(commands)],
    steps: byStart.flatMap((span) => (STEP.test(span.name) ? stepOf(span) : [])),
    policies: predictions.map(({ span, policy }) => {
      const priority = saidNumber(span.attributes.priority)
      const flow = policy === 'FlowPolicy'
      return {
        spanId: span.spanId,
        policy,
        ...(priority !== undefined && { priority }),
        ...(flow && score !== undefined && { score }),
        won:
          predictions.length === 1 ||
          (flow ? chosen !== undefined : chosen === undefined && priority === best),
      }
    }),
  }
}

function stepOf(span: Span): FlowStep {
  const { attributes, spanId } = span
  const context = readValue(attributes.current_context)
  const step =
    saidText(attributes.step_custom_id) ?? (isShape(context) ? saidText(context.step_id) : undefined)
  const description = saidText(attributes.step_description)
  return {
    spanId,
    flow:
      saidText(attributes.current_flow_id) ??
      (isShape(context) ? saidText(context.flow_id) : undefined) ??
      '',
    ...(step !== undefined && { step }),
    ...(description !== undefined && { description }),
  }
}

/** What was on top of the dialogue stack, from one moment on until the next segment begins. */
export interface StackSegment {
  readonly from: Micros
  readonly flow: string
  readonly step?: string
}

/** Spans whose payloads tell the dialogue stack, in order of time; bounded. */
export const stackSpans = (outlines: readonly SpanOutline[]): readonly SpanId[] =>
  outlines
    .filter(({ name }) => STEP.test(name) || ADVANCE.test(name))
    .sort((a, b) => a.startTime - b.startTime)
    .slice(0, MOST_PAYLOADS)
    .map(({ spanId }) => spanId)

/** The dialogue stack over the turn: one segment a stretch with the same flow on top. */
export function dialogueStack(payloads: readonly Span[]): readonly StackSegment[] {
  const segments: StackSegment[] = []
  for (const { attributes, startTime } of [...payloads].sort((a, b) => a.startTime - b.startTime)) {
    const context = readValue(attributes.current_context)
    const flow = isShape(context) && !isNothing(context.flow_id) ? saidText(context.flow_id) : undefined
    if (flow === undefined || segments.at(-1)?.flow === flow) continue
    const step = isShape(context) ? saidText(context.step_id) : undefined
    segments.push({ from: startTime, flow, ...(step !== undefined && { step }) })
  }
  return segments
}

/** Rasa's phases of a turn, in their order. */
export const PHASES = ['understanding', 'commands', 'prediction', 'action', 'persistence'] as const
export type Phase = (typeof PHASES)[number]

const PHASE_NAMES: Record<Phase, RegExp> = {
  understanding: /^MessageProcessor\.log_message$/,
  commands: /^command_processor\.execute_commands$/,
  prediction: PREDICTION,
  action: ACTION,
  persistence: /^MessageProcessor\.(get_tracker|save_tracker)$/,
}

/** Time by phase, µs; undefined where the trace has none of Rasa's phases. A span inside its own kind counts once. */
export function phaseTimes(
  outlines: readonly SpanOutline[],
): Readonly<Record<Phase, DurationMicros>> | undefined {
  const tree = outlineTree(outlines)
  let any = false
  const times = PHASES.map((phase) => {
    const spans = [...tree.order].filter((at) => PHASE_NAMES[phase].test(nameAt(tree, at)))
    const outer = spans.filter((at) => !spans.some((other) => isBelow(tree, at, other)))
    any ||= outer.length > 0
    return [phase, durationMicros(outer.reduce((sum, at) => sum + (outlines[at]?.duration ?? 0), 0))] as const
  })
  return any ? (Object.fromEntries(times) as Record<Phase, DurationMicros>) : undefined
}
