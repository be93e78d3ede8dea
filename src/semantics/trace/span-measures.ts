import type { SpanOutline } from '../../domain/model/span.ts'
import { type DurationMicros, durationMicros } from '../../domain/model/units.ts'
import { outlineTree, treeByIndex } from '../../domain/tree/outline-tree.ts'
import { selfTimes } from '../../domain/tree/span-timing.ts'
import { buildSpanTree } from '../../domain/tree/span-tree.ts'
import { actionSide, handsOn } from '../conventions/rasa/rasa-kind.ts'
import type { SpanReading } from '../reading.ts'
import { countedSpans } from './counted-spans.ts'
import { upgraded } from './stored-facts.ts'

/**
 * Where the time of a span itself goes: a call of a model, a search, a tool's own work; of a custom action the
 * way to its server, its code, and what that code called; the rest is the engine's.
 */
export type TimePart =
  | 'model'
  | 'retrieval'
  | 'tool'
  | 'action-network'
  | 'action-code'
  | 'upstream'
  | 'engine'

/** What a span is within its trace. */
export interface SpanMeasure {
  /**
   * µs outside of its children: its duration less the union of theirs, each clipped to the span. null while it
   * is running.
   */
  readonly selfTime: DurationMicros | null
  /** null for ratings. */
  readonly part: TimePart | null
  /** The outermost tool or custom action that it runs in, itself included. */
  readonly withinTool: string | null
  /** Whether the trace's measures count it: so that their sum over spans is the trace's. */
  readonly isLlmTurn: boolean
  readonly isToolCall: boolean
  readonly countsTokens: boolean
  readonly countsCost: boolean
}

interface Within {
  readonly tool: string | null
  /** Inside of a tool, and of a custom action's code. */
  readonly inTool: boolean
  readonly inCode: boolean
}

const OUTSIDE: Within = { tool: null, inTool: false, inCode: false }

function partOf(outline: SpanOutline, isRasa: boolean, within: Within): TimePart | null {
  const { kind } = outline
  if (kind === 'feedback') return null
  if (kind === 'generation' || kind === 'embedding') return 'model'
  if (kind === 'retrieval') return 'retrieval'
  const side = isRasa ? actionSide(outline) : undefined
  if (side === 'code') return 'action-code'
  if (within.inCode) return 'upstream'
  if (side === 'request' && within.inTool) return 'action-network'
  if (isRasa && (handsOn(outline) || kind !== 'tool')) return 'engine'
  return kind === 'tool' || within.inTool ? 'tool' : 'engine'
}

function withinOf(outline: SpanOutline, part: TimePart | null, above: Within): Within {
  if (outline.kind !== 'tool') return above
  return {
    tool: above.tool ?? outline.tool ?? null,
    inTool: true,
    inCode: above.inCode || part === 'action-code',
  }
}

function marked(marks: Uint8Array, indexes: readonly number[]): Uint8Array {
  for (const at of indexes) marks[at] = 1
  return marks
}

/**
 * What every span of a trace is within it, in the order of the readings; undefined for raw copies, which count
 * nowhere.
 * @param outlines the readings' as the whole trace judges them
 */
export function measureSpans(
  given: readonly SpanReading[],
  outlines: readonly SpanOutline[],
): readonly (SpanMeasure | undefined)[] {
  const readings = given.map(upgraded)
  const tree = buildSpanTree(outlines)
  const byIndex = tree.hiddenCopies === 0 ? treeByIndex(outlines, tree) : outlineTree(outlines)
  const counted = countedSpans(readings, { outlines, tree: byIndex })
  const { length } = outlines
  const llmTurns = marked(marked(new Uint8Array(length), counted.calls), counted.hidden)
  const tools = marked(new Uint8Array(length), counted.tools)
  const usages = marked(new Uint8Array(length), counted.usages)
  const costs = marked(new Uint8Array(length), counted.costs)
  const self = selfTimes(tree)
  const within: Within[] = []
  const measures = new Array<SpanMeasure | undefined>(outlines.length)
  for (let row = 0; row < tree.size; row++) {
    const at = tree.given[row] as number
    const outline = outlines[at] as SpanOutline
    const above = within[tree.parent[row] as number] ?? OUTSIDE
    const part = partOf(outline, readings[at]?.facts.convention === 'rasa', above)
    const own = withinOf(outline, part, above)
    within.push(own)
    measures[at] = {
      selfTime: outline.duration === null ? null : durationMicros(self[row] as number),
      part,
      withinTool: own.tool,
      isLlmTurn: llmTurns[at] === 1,
      isToolCall: tools[at] === 1,
      countsTokens: usages[at] === 1,
      countsCost: costs[at] === 1,
    }
  }
  return measures
}
