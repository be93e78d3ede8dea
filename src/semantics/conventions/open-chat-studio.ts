import type { Span } from '../../domain/model/span.ts'
import { parseJson } from '../readable/tolerant-value.ts'
import { isShape } from '../readable/value-shape.ts'
import type { Convention } from './convention.ts'

const INPUT = 'langfuse.observation.input'
const OUTPUT = 'langfuse.observation.output'
const PIPELINE = { name: /^Run Pipeline$/ }
const PIPELINE_RUN = { name: /^Run Pipeline run$/ }

/** What it adds to a bot's name in the name of a trace that no message of a participant began. */
export const TRACE_SUFFIX = / - (event pipeline execution|api trigger)$/

/**
 * The bot that a trace's top span is named for: what began the turn is recorded there as a message with its
 * participant.
 */
function botNamed({ name, parentId, scope, attributes }: Span): string | undefined {
  const input = attributes[INPUT]
  if (parentId !== null || scope.name !== 'langfuse-sdk') return undefined
  if (typeof input !== 'string' || !input.includes('"participant_id"')) return undefined
  const read = parseJson(input)
  if (!isShape(read) || !isShape(read.input) || read.input.participant_id === undefined) return undefined
  return name.replace(TRACE_SUFFIX, '')
}

/** Open Chat Studio, by Langfuse's SDK: its pipeline's state holds what it knows of participant and session. */
export const OPEN_CHAT_STUDIO: Convention = {
  name: 'Open Chat Studio',
  places: {
    session: [
      [150, 'langfuse.observation.metadata.session-id'],
      [160, 'langfuse.trace.metadata.session-id'],
    ],
    participant: [
      [150, 'langfuse.observation.metadata.participant-id'],
      [160, 'langfuse.trace.metadata.participant-id'],
      [170, INPUT, { path: 'input.participant_id' }],
    ],
    dataBefore: [
      [20, 'langfuse.trace.metadata.participant_data'],
      [30, 'langfuse.observation.metadata.participant_data'],
      [40, INPUT, { path: 'input_state.participant_data', ...PIPELINE }],
    ],
    dataAtEnd: [[10, OUTPUT, { path: 'participant_data', ...PIPELINE_RUN }]],
    dataChanges: [
      [10, 'langfuse.trace.metadata.participant_data_diff'],
      [20, 'langfuse.observation.metadata.participant_data_diff'],
    ],
    sessionData: [
      [20, 'langfuse.trace.metadata.session_data'],
      [30, 'langfuse.observation.metadata.session_data'],
      [40, INPUT, { path: 'input_state.session_state', ...PIPELINE }],
    ],
  },
  chatbotOf: botNamed,
}
