import { changedPaths } from '../../domain/diff/changed-paths.ts'
import { changesBetween } from '../../domain/diff/changes.ts'
import type { SpanOutline } from '../../domain/model/span.ts'
import type { ParticipantData, TraceFacets, TraceSummary } from '../../domain/model/trace.ts'
import { type DurationMicros, durationMicros, micros } from '../../domain/model/units.ts'
import { isAside, isRating, type OutlineTree, rootOf } from '../../domain/tree/outline-tree.ts'
import { RASA_TURN_ROOT } from '../conventions/rasa/rasa-kind.ts'
import type { SpanReading, TraceContext, TraceReading } from '../reading.ts'
import { callTurns } from './call-turns.ts'
import { causeOf, errorLine } from './failure-words.ts'
import { judge } from './judge.ts'
import { type Replies, repliesOf } from './rasa-replies.ts'
import { upgraded } from './stored-facts.ts'
import { inOrderOfAsking, traceConcepts } from './trace-concepts.ts'
import { traceKind } from './trace-kind.ts'
import { measureTrace } from './trace-metrics.ts'
import { type TraceTexts, traceTexts } from './trace-texts.ts'

/** Previews of texts in a summary, characters. */
const PREVIEW = 500
const MOST_FACETS = 200

/** A text cut so that no character is halved. */
export const preview = (text: string): string =>
  text.length <= PREVIEW ? text : text.slice(0, PREVIEW).replace(/[\uD800-\uDBFF]$/, '')

const distinct = (values: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(values.filter((value): value is string => value !== undefined && value !== ''))].slice(
    0,
    MOST_FACETS,
  )

const changedOf = (data: ParticipantData | undefined): readonly string[] =>
  data?.after === undefined ? [] : changedPaths(changesBetween(data.before, data.after))

function facetsOf(readings: readonly SpanReading[], data: ParticipantData | undefined): TraceFacets {
  return {
    models: distinct(readings.map(({ facts }) => facts.model)),
    tools: distinct(readings.map(({ facts }) => facts.tool)),
    flows: distinct(readings.flatMap(({ facts }) => facts.flows ?? [])),
    spanNames: distinct(readings.map(({ outline }) => outline.name)),
    changed: changedOf(data),
  }
}

/** Whether the span taken as root is the trace's own, not a child whose parents are still to come. */
function isRootSeen(readings: readonly SpanReading[], tree: OutlineTree, root: number): boolean {
  const reading = readings[root]
  if (!reading) return false
  const { outline, facts } = reading
  if (outline.parentId === null) return !isAside(tree, root) || tree.tops.every((at) => isAside(tree, at))
  return facts.remoteParent === true || facts.entry === true || RASA_TURN_ROOT.test(outline.name)
}

interface Extent {
  readonly start: number
  readonly duration: DurationMicros
}

/** From the root's start to its end; without a root from the first start to the last end. */
function extentOf(outlines: readonly SpanOutline[], root: SpanOutline | undefined): Extent {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const { startTime, duration } of root?.duration != null ? [root] : outlines) {
    start = Math.min(start, startTime)
    end = Math.max(end, startTime + (duration ?? 0))
  }
  return {
    start: Number.isFinite(start) ? start : 0,
    duration: durationMicros(Math.max(0, end - start) || 0),
  }
}

/** Whether what was taken as the root only hangs beside a turn whose root has not come. */
const standsAside = (tree: OutlineTree, root: number): boolean =>
  root >= 0 && isAside(tree, root) && tree.tops.some((at) => !isAside(tree, at))

/**
 * The spans of a turn's own work: without ratings, and without what the platform recorded beside the turn after
 * it had ended. All, where nothing else is there.
 */
function ownWork(tree: OutlineTree, root: number): readonly number[] {
  const { outlines } = tree
  const turn = outlines[root]
  const over = turn?.duration == null ? Number.POSITIVE_INFINITY : turn.startTime + turn.duration
  const late = new Set(
    tree.tops.filter((at) => at !== root && isAside(tree, at) && (outlines[at]?.startTime ?? 0) >= over),
  )
  const own = outlines.flatMap((_, at) => (at !== root && (late.has(at) || isRating(tree, at)) ? [] : [at]))
  return own.length > 0 ? own : outlines.map((_, at) => at)
}

/** A span of an id once: of repeated deliveries the first. */
function once(readings: readonly SpanReading[]): readonly SpanReading[] {
  const seen = new Set<string>()
  const kept = readings.filter(({ outline }) => !seen.has(outline.spanId) && seen.add(outline.spanId))
  return kept.length === readings.length ? readings : kept
}

/**
 * Folds the readings of a trace's spans, in any order, into what the trace is. Total: no readings give an
 * empty trace of kind `other`.
 */
export function summarise(given: readonly SpanReading[], { traceId }: TraceContext): TraceReading {
  const readings = once(given).map(upgraded)
  const verdict = judge(readings.map(({ outline }) => outline))
  const root = rootOf(verdict.tree)
  const rootReading = readings[root]
  const asked = inOrderOfAsking(readings, verdict, root)
  const main = standsAside(verdict.tree, root) ? -1 : root
  const own = ownWork(verdict.tree, main)
  const { data, ...concepts } = traceConcepts(
    asked,
    asked[0]?.outline.name ?? 'unnamed',
    new Set(own.map((at) => readings[at] as SpanReading)),
  )
  const plainTexts = traceTexts(readings, verdict, root)
  const kind = traceKind({
    readings,
    root: rootReading,
    tops: verdict.tree.tops.map((at) => readings[at] as SpanReading),
    hasSession: concepts.session !== undefined,
    hasInput: plainTexts.input !== undefined,
  })
  const turns = kind === 'call' ? callTurns(readings, verdict) : undefined
  // Where the turn itself does not say what the bot replied, its steps may.
  const told = readings.some(({ outline, facts }) => outline.kind === 'message' && facts.output !== undefined)
  const replies: Replies = turns || told ? { names: [] } : repliesOf(readings, verdict)
  const texts: TraceTexts = turns
    ? {
        ...optional('input', turns.find(({ input }) => input !== undefined)?.input),
        ...optional('output', turns.findLast(({ output }) => output !== undefined)?.output),
      }
    : { ...plainTexts, ...optional('output', replies.text ?? plainTexts.output) }
  const { metrics, models, counted, embeddingTokens } = measureTrace(readings, verdict)
  const cause = causeOf(readings, verdict, verdict.rootCause)
  const { start, duration } = extentOf(
    own.map((at) => verdict.outlines[at] as SpanOutline),
    readings[main]?.outline,
  )
  // What an action sent is known; what was said to the bot is not.
  const note = noteOf(readings, turns ? texts : plainTexts, kind)
  const summary: TraceSummary = {
    traceId,
    startTime: micros(start),
    duration,
    status: verdict.errorCount > 0 ? 'error' : 'ok',
    kind,
    ...concepts,
    ...(texts.input !== undefined && { input: preview(texts.input) }),
    ...(texts.output !== undefined && { output: preview(texts.output) }),
    ...(cause && { error: preview(errorLine(readings, verdict, verdict.rootCause)) }),
    metrics,
    spanCount: readings.length,
    errorCount: verdict.errorCount,
    ...(verdict.recoveredCount > 0 && { recovered: verdict.recoveredCount }),
    ...(turns && { turns: turns.length }),
    ...(replies.names.length > 0 && { responses: replies.names }),
    ...(note && { note }),
  }
  return {
    summary,
    facets: facetsOf(readings, data.participantData),
    outlines: verdict.outlines,
    rootSeen: isRootSeen(readings, verdict.tree, root),
    ...texts,
    ...data,
    ...(cause && { rootCause: cause }),
    ...(turns && { callTurns: turns }),
    ...(models.length > 0 && { models }),
    ...(Object.keys(counted).length > 0 && { counted }),
    ...(embeddingTokens !== undefined && { embeddingTokens }),
  }
}

const optional = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string }

/** Why texts are missing, where the convention is known not to record them. */
function noteOf(
  readings: readonly SpanReading[],
  { input, output }: { readonly input?: string; readonly output?: string },
  kind: TraceSummary['kind'],
): TraceSummary['note'] {
  if (input !== undefined || output !== undefined) return undefined
  if (kind === 'call') return 'spoken-not-recorded'
  return kind === 'turn' && readings.some(({ facts }) => facts.convention === 'rasa')
    ? 'text-not-recorded'
    : undefined
}
