import type { SpanOutline } from '../../../domain/model/span.ts'
import type { Micros } from '../../../domain/model/units.ts'
import { feedbackScores, feedbackTexts, recoveredOf } from '../../../domain/query/filter-values.ts'
import type { TraceReading } from '../../../semantics/reading.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { NAMED_TYPES, type StowedTexts } from './long-texts.ts'
import { asSearchText, asStoredList, lowerWhereDifferent, traceKey, withAncestors } from './stored-text.ts'

/** A trace as it goes into its row. */
export interface StorableTrace {
  readonly reading: TraceReading
  /** Earliest and latest start of a span: where its spans are looked up. */
  readonly firstTime: Micros
  readonly lastTime: Micros
  /** When its newest span arrived. */
  readonly arrival: Micros
  /** Outlines that judging the whole trace changed. */
  readonly judged: readonly SpanOutline[] | null
  /** The turn as its bot recorded it, in JSON; null where it is known by its spans alone. */
  readonly recorded: string | null
}

/** What a page shows beyond the row's own columns. */
export interface TraceDetail {
  readonly rootCause?: TraceReading['rootCause']
  readonly callTurns?: TraceReading['callTurns']
  readonly models?: TraceReading['models']
  readonly counted?: TraceReading['counted']
  readonly spansAt?: TraceReading['spansAt']
  readonly externalUrl?: TraceReading['externalUrl']
}

type Read<Value> = (trace: StorableTrace) => Value
/** Columns whose texts may be long hold them by the way that is named. */
type Column =
  | readonly [name: string, type: CellType, value: Read<Cell>, stow?: undefined]
  | readonly [name: string, type: 'VARCHAR', value: Read<Cell>, stow: 'text' | 'json' | 'searched']

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
/** A whole text is stored only where the summary's was cut. */
const unlessPreviewed = (whole: string | undefined, preview: string | undefined) =>
  whole === undefined || whole === preview ? null : whole

const DETAILS = ['rootCause', 'callTurns', 'models', 'counted', 'spansAt', 'externalUrl'] as const

function detailOf(reading: TraceReading): string | null {
  const held = DETAILS.filter((name) => reading[name] !== undefined)
  if (held.length === 0) return null
  return JSON.stringify(Object.fromEntries(held.map((name) => [name, reading[name]])))
}

const extreme = (pick: (...values: number[]) => number, values: readonly number[]) =>
  values.length === 0 ? null : pick(...values)

/** The columns of `traces`, in the table's order, up to those of what a row names. */
export const TRACE_COLUMNS: readonly Column[] = [
  ['trace_key', 'INTEGER', ({ reading }) => traceKey(reading.summary.traceId)],
  ['trace_id', 'VARCHAR', ({ reading }) => reading.summary.traceId],
  ['start_time', 'BIGINT', ({ reading }) => reading.summary.startTime],
  ['duration', 'BIGINT', ({ reading }) => reading.summary.duration],
  ['first_time', 'BIGINT', ({ firstTime }) => firstTime],
  ['last_time', 'BIGINT', ({ lastTime }) => lastTime],
  ['root_seen', 'BOOLEAN', ({ reading }) => reading.rootSeen],
  ['arrival', 'BIGINT', ({ arrival }) => arrival],
  ['status', 'VARCHAR', ({ reading }) => reading.summary.status],
  ['kind', 'VARCHAR', ({ reading }) => reading.summary.kind],
  ['turns', 'INTEGER', ({ reading }) => turnsOf(reading)],
  ['chatbot_id', 'VARCHAR', ({ reading }) => reading.summary.chatbot.id],
  ['chatbot_name', 'VARCHAR', ({ reading }) => reading.summary.chatbot.name],
  ['version', 'VARCHAR', ({ reading }) => reading.summary.chatbot.version],
  ['session', 'VARCHAR', ({ reading }) => reading.summary.session?.id],
  ['participant_id', 'VARCHAR', ({ reading }) => reading.summary.participant?.id],
  ['participant_name', 'VARCHAR', ({ reading }) => reading.summary.participant?.name],
  ['environment', 'VARCHAR', ({ reading }) => reading.summary.environment],
  ['channel', 'VARCHAR', ({ reading }) => reading.summary.channel],
  ['error', 'VARCHAR', ({ reading }) => reading.summary.error],
  ['trace_id_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.traceId)],
  ['chatbot_id_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.chatbot.id)],
  ['chatbot_name_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.chatbot.name)],
  ['version_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.chatbot.version)],
  ['session_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.session?.id)],
  ['participant_id_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.participant?.id)],
  [
    'participant_name_lower',
    'VARCHAR',
    ({ reading }) => lowerWhereDifferent(reading.summary.participant?.name),
  ],
  ['environment_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.environment)],
  ['channel_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.channel)],
  ['error_lower', 'VARCHAR', ({ reading }) => lowerWhereDifferent(reading.summary.error)],
  ['tags', 'VARCHAR', ({ reading }) => asStoredList(reading.summary.tags)],
  ['models', 'VARCHAR', ({ reading }) => asStoredList(reading.facets.models)],
  ['tools', 'VARCHAR', ({ reading }) => asStoredList(reading.facets.tools)],
  ['flows', 'VARCHAR', ({ reading }) => asStoredList(reading.facets.flows)],
  ['span_names', 'VARCHAR', ({ reading }) => asStoredList(reading.facets.spanNames)],
  ['services', 'VARCHAR', ({ reading }) => asStoredList(reading.summary.services)],
  ['changed', 'VARCHAR', ({ reading }) => asStoredList(withAncestors(reading.facets.changed))],
  ['feedback', 'VARCHAR', ({ reading }) => asStoredList(feedbackTexts(reading.summary.feedback))],
  ['scores', 'VARCHAR', ({ reading }) => asStoredList(feedbackScores(reading.summary.feedback).map(String))],
  ['score_low', 'DOUBLE', ({ reading }) => extreme(Math.min, feedbackScores(reading.summary.feedback))],
  ['score_high', 'DOUBLE', ({ reading }) => extreme(Math.max, feedbackScores(reading.summary.feedback))],
  ['tokens', 'DOUBLE', ({ reading }) => reading.summary.metrics.totalTokens],
  ['cost', 'DOUBLE', ({ reading }) => reading.summary.metrics.cost],
  ['llm_turns', 'DOUBLE', ({ reading }) => reading.summary.metrics.llmTurns],
  ['tool_calls', 'DOUBLE', ({ reading }) => reading.summary.metrics.toolCalls],
  ['input_tokens', 'DOUBLE', ({ reading }) => reading.summary.metrics.inputTokens],
  ['output_tokens', 'DOUBLE', ({ reading }) => reading.summary.metrics.outputTokens],
  ['first_token', 'DOUBLE', ({ reading }) => reading.summary.metrics.timeToFirstToken],
  [
    'search_text',
    'VARCHAR',
    ({ reading: { input, output, summary } }) =>
      asSearchText([input ?? summary.input, output ?? summary.output, summary.error]),
    'searched',
  ],
  ['summary', 'VARCHAR', ({ reading }) => JSON.stringify(reading.summary), 'json'],
  ['input', 'VARCHAR', ({ reading: { input, summary } }) => unlessPreviewed(input, summary.input), 'text'],
  [
    'output',
    'VARCHAR',
    ({ reading: { output, summary } }) => unlessPreviewed(output, summary.output),
    'text',
  ],
  ['participant_data', 'VARCHAR', ({ reading }) => json(reading.participantData), 'json'],
  ['session_data', 'VARCHAR', ({ reading }) => json(reading.sessionData), 'json'],
  ['detail', 'VARCHAR', ({ reading }) => detailOf(reading), 'json'],
  ['judged', 'VARCHAR', ({ judged }) => (judged === null ? null : JSON.stringify(judged)), 'json'],
  ['recorded', 'VARCHAR', ({ recorded }) => recorded, 'json'],
]

/** Columns that came to the table later stand behind those of what a row names. */
export const LATER_COLUMNS: readonly (readonly [name: string, type: CellType, value: Read<Cell>])[] = [
  ['recovered', 'DOUBLE', ({ reading }) => recoveredOf(reading.summary)],
]

export const TRACE_TYPES: readonly CellType[] = [
  ...TRACE_COLUMNS.map(([, type]) => type),
  ...NAMED_TYPES,
  ...LATER_COLUMNS.map(([, type]) => type),
]

/** A trace's row; its long texts go to `stowed`, which then knows what it names. */
export function traceRow(trace: StorableTrace, stowed: StowedTexts): Cell[] {
  const { traceId } = trace.reading.summary
  stowed.beginRow()
  const cells = TRACE_COLUMNS.map(([, , value, stow]) => {
    const cell = value(trace)
    return stow === undefined || typeof cell !== 'string' ? cell : stowed[stow](cell, traceId, 'trace')
  })
  return [...cells, ...stowed.namedCells, ...LATER_COLUMNS.map(([, , value]) => value(trace))]
}

/** How many turns a trace counts as in its session and chatbot. */
function turnsOf({ summary: { kind, turns } }: TraceReading): number {
  if (kind === 'turn') return 1
  return kind === 'call' ? (turns ?? 1) : 0
}
