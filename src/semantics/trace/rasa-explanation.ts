import type { AttributeValue, Span, SpanOutline } from '../../domain/model/span.ts'
import { type DurationMicros, durationMicros, type Micros, type SpanId } from '../../domain/model/units.ts'
import { isBelow, type OutlineTree, outlineTree } from '../../domain/tree/outline-tree.ts'
import { isNothing, readValue, saidText } from '../readable/tolerant-value.ts'
import { isShape } from '../readable/value-shape.ts'
import { type PolicyPrediction, PREDICTION_PARTS, predictionsOf } from './rasa-winner.ts'

/** Payloads that an explanation needs are fetched: this many at most. */
const MOST_PAYLOADS = 60
const MOST_OF_PREDICTION = 45

const ACTION = /^MessageProcessor\._run_action$/
const PREDICTION = /^MessageProcessor\._predict_next_with_tracker$/
const STEP = /flow_executor\.run_step$/
const ADVANCE = /flow_executor\.advance_flows$/
/** Where a turn begins; above it are the turns before. */
const TURN = /^(Agent\.handle_message|MessageProcessor\.handle_message|rasa\.message_processing|handle turn)$/
const CALL = 'voice call'
const COMMANDS = /(\._check_commands_against_startable_flows|\.predict_commands|\.clean_up_commands)$/

/** Where an action and what led to it stand in a trace; payloads still to be fetched. */
export interface ActionPlan {
  /** The `_run_action` span. */
  readonly action: SpanId
  /** Spans whose payloads `explainAction` needs. */
  readonly needed: readonly SpanId[]
  /** Of a span that recorded commands: the call of a model that they came from. */
  readonly modelCalls: ReadonlyMap<SpanId, SpanId>
}

export interface FlowStep {
  readonly spanId: SpanId
  readonly flow: string
  readonly step?: string
  readonly description?: string
}

/** What started the flow that an action is of: a command of this turn, and the call of a model that gave it. */
export interface FlowTrigger {
  readonly flow: string
  readonly command: string
  /** The span that recorded the command. */
  readonly spanId: SpanId
  readonly modelCall?: SpanId
}

/** Why Rasa ran an action: what it understood, which steps it took, which policy won. */
export interface ActionExplanation {
  readonly action: string
  readonly commands: readonly string[]
  readonly steps: readonly FlowStep[]
  readonly policies: readonly PolicyPrediction[]
  readonly trigger?: FlowTrigger
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
  for (const at of tree.childrenOf(parent)) {
    if ((tree.place[at] as number) >= (tree.place[action] as number)) break
    if (PREDICTION.test(nameAt(tree, at))) prediction = at
    // What was predicted before another action was that one.
    else if (ACTION.test(nameAt(tree, at))) prediction = -1
  }
  return { action, prediction }
}

/** The span that holds the turn of an action, alone: of turns inside of turns the outermost, never a call. */
function turnAround(tree: OutlineTree, action: number): number {
  let turn = -1
  let top = action
  for (let at = action; at >= 0 && nameAt(tree, at) !== CALL; at = tree.parent[at] as number) {
    top = at
    if (TURN.test(nameAt(tree, at))) turn = at
  }
  return turn < 0 ? top : turn
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
  const turn = turnAround(tree, action)
  const commands = below(tree, turn, COMMANDS).filter(
    (at) => (tree.place[at] as number) < (tree.place[action] as number),
  )
  const within =
    prediction < 0 ? [] : [PREDICTION_PARTS, STEP].flatMap((name) => below(tree, prediction, name))
  const id = (at: number) => (outlines[at] as SpanOutline).spanId
  const modelCalls = new Map<SpanId, SpanId>()
  for (const at of commands) {
    const call = modelCallBefore(tree, at)
    if (call >= 0) modelCalls.set(id(at), id(call))
  }
  const ids = [action, ...within.slice(0, MOST_OF_PREDICTION), ...commands].map(id)
  return { action: ids[0] as SpanId, needed: ids.slice(0, MOST_PAYLOADS), modelCalls }
}

/** The call of a model that commands came from: the last one beside them that had been made by then. */
function modelCallBefore(tree: OutlineTree, at: number): number {
  let call = -1
  for (const sibling of tree.childrenOf(tree.parent[at] as number)) {
    if (sibling === at) break
    if (tree.outlines[sibling]?.kind === 'generation') call = sibling
  }
  return call
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
  const given = byStart
    .filter(({ name }) => COMMANDS.test(name))
    .map((span) => ({ span, commands: commandsOf(span) }))
  const executed = saidText(action?.attributes.action_name)
  const steps = byStart.flatMap((span) => (STEP.test(span.name) ? stepOf(span) : []))
  const trigger = triggerOf(steps, given, plan)
  return {
    action: executed ?? action?.name ?? '',
    commands: [
      ...new Set(given.flatMap(({ commands }) => commands.flatMap((each) => commandText(each) ?? []))),
    ],
    steps,
    policies: predictionsOf(byStart, executed),
    ...(trigger && { trigger }),
  }
}

const commandsOf = ({ attributes }: Span): readonly AttributeValue[] => {
  const value = readValue(attributes.commands)
  return Array.isArray(value) ? value : []
}

interface Given {
  readonly span: Span
  readonly commands: readonly AttributeValue[]
}

/** The command of this turn that started one of the flows that the action's steps are of, the innermost first. */
function triggerOf(
  steps: readonly FlowStep[],
  given: readonly Given[],
  plan: ActionPlan,
): FlowTrigger | undefined {
  for (const flow of new Set(steps.map((step) => step.flow).toReversed()))
    for (const { span, commands } of given)
      for (const command of commands) {
        if (!isShape(command) || saidText(command.command) !== 'start flow') continue
        if (saidText(command.flow) !== flow) continue
        const modelCall = plan.modelCalls.get(span.spanId)
        const text = commandText(command) ?? 'start flow'
        return { flow, command: text, spanId: span.spanId, ...(modelCall !== undefined && { modelCall }) }
      }
  return undefined
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
