import type { RecordedTurn } from '../../domain/model/recorded-turn.ts'
import {
  METRIC_NAMES,
  type MetricName,
  type Metrics,
  type Trace,
  type TraceSummary,
} from '../../domain/model/trace.ts'
import type { TraceReading } from '../reading.ts'
import { preview } from './summarise.ts'

/** One measure at a time: what the recorder left open is taken from the spans. */
function mergedMetrics(recorded: Metrics, read: Metrics | undefined): Metrics {
  if (read === undefined) return recorded
  const merged: { -readonly [Name in MetricName]?: number | null } = {}
  const partial: MetricName[] = []
  const estimated: MetricName[] = []
  for (const name of METRIC_NAMES) {
    const from = typeof recorded[name] === 'number' || read[name] === undefined ? recorded : read
    const value = from[name]
    if (value === undefined) continue
    merged[name] = value
    if (from.partial?.includes(name)) partial.push(name)
    if (from.estimated?.includes(name)) estimated.push(name)
  }
  return {
    ...merged,
    ...(partial.length > 0 && { partial }),
    ...(estimated.length > 0 && { estimated }),
  }
}

/** Both lists, what stands in both once, the recorder's first. */
function union<Item>(recorded: readonly Item[], read: readonly Item[] | undefined): readonly Item[] {
  const known = new Set(recorded.map((item) => JSON.stringify(item)))
  return [...recorded, ...(read ?? []).filter((item) => !known.has(JSON.stringify(item)))]
}

const optional = <Name extends keyof TraceSummary>(
  name: Name,
  ...values: readonly (TraceSummary[Name] | undefined)[]
): { readonly [Key in Name]?: TraceSummary[Name] } => {
  const value = values.find((one) => one !== undefined)
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: TraceSummary[Name] }
}

function mergedSummary(trace: Trace, read: TraceSummary | undefined): TraceSummary {
  const { status } = trace
  // A turn that went well has no error, whatever failed inside of it.
  const error = trace.error ?? (status === 'ok' ? undefined : read?.error)
  const output = trace.output ?? read?.output
  const version = trace.chatbot.version ?? read?.chatbot.version
  return {
    traceId: trace.traceId,
    startTime: trace.startTime,
    // 0 where the recorder does not know the end.
    duration: trace.duration === 0 ? (read?.duration ?? trace.duration) : trace.duration,
    status,
    kind: trace.kind,
    chatbot: { ...trace.chatbot, ...(version !== undefined && { version }) },
    ...optional('session', trace.session, read?.session),
    ...optional('participant', trace.participant, read?.participant),
    ...(trace.input !== undefined && { input: preview(trace.input) }),
    ...(output !== undefined && { output: preview(output) }),
    ...(output === undefined && optional('responses', read?.responses)),
    ...(error !== undefined && { error: preview(error) }),
    metrics: mergedMetrics(trace.metrics, read?.metrics),
    tags: union(trace.tags, read?.tags),
    ...optional('environment', trace.environment, read?.environment),
    feedback: union(trace.feedback, read?.feedback),
    services: union(trace.services, read?.services),
    ...optional('channel', trace.channel, read?.channel),
    ...optional('spanCount', read?.spanCount),
    ...optional('errorCount', read?.errorCount),
    ...optional('recovered', read?.recovered),
  }
}

/**
 * A turn as its bot recorded it, together with the spans of the same trace where there are some: what the
 * recorder states stands, and the spans add what it left open.
 */
export function readRecorded({ trace, facets }: RecordedTurn, read: TraceReading | null): TraceReading {
  const input = trace.input ?? read?.input
  const output = trace.output ?? read?.output
  const participantData = trace.participantData ?? read?.participantData
  const sessionData = trace.sessionData ?? read?.sessionData
  const held = trace.spans !== null || read === null
  return {
    summary: mergedSummary(trace, read?.summary),
    facets: read
      ? { ...read.facets, changed: trace.participantData ? facets.changed : read.facets.changed }
      : facets,
    outlines: read?.outlines ?? [],
    // The recorder says how the turn stands: nothing is awaited.
    rootSeen: true,
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(participantData !== undefined && { participantData }),
    ...(sessionData !== undefined && { sessionData }),
    ...(read?.rootCause && trace.status !== 'ok' && { rootCause: read.rootCause }),
    ...(read?.models && { models: read.models }),
    ...(read?.counted && { counted: read.counted }),
    ...(read?.embeddingTokens !== undefined && { embeddingTokens: read.embeddingTokens }),
    ...(held && { spansAt: trace.spans }),
    ...(trace.externalUrl !== undefined && { externalUrl: trace.externalUrl }),
  }
}
