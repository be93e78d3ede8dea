import { describe, expect, it } from 'vitest'
import type { Attributes, AttributeValue, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from '../trace/summarise.ts'

const [root, pipeline, run, call] = traceOf(`
  Benefits bot               0..1000
    Run Pipeline             10..900
      Run Pipeline run       20..890
        ChatOpenAI           30..800
`) as [Span, Span, Span, Span]

const BEFORE = { name: 'Ama', district: 'Kumasi', visits: [1, 2] }
const AFTER = { name: 'Ama', district: 'Accra', visits: [1, 2, 3] }
const CHANGES = [
  ['change', 'district', ['Kumasi', 'Accra']],
  ['add', 'visits', [[2, 3]]],
]
const io = (input: AttributeValue, output: AttributeValue): Attributes => ({
  'langfuse.observation.input': JSON.stringify(input),
  'langfuse.observation.output': JSON.stringify(output),
})

const MESSAGE = { input: { participant_id: '+233200', remote_id: '', message_text: 'Any news?' } }
const STATE = { participant_data: BEFORE, session_state: { step: 4 }, messages: ['Any news?'] }
const TURN: readonly (readonly [Span, Attributes])[] = [
  [root, { ...io(MESSAGE, { response: 'Not yet.' }), 'session.id': 's-1', 'user.id': '+233200' }],
  [pipeline, io({ input_state: STATE }, { messages: ['Not yet.'] })],
  [run, io({ messages: ['Any news?'] }, { participant_data: AFTER, messages: ['Not yet.'] })],
  [call, { 'langfuse.observation.type': 'generation', ...io('Any news?', 'Not yet.') }],
]

type Changed = { readonly [at: number]: Attributes }
const spansOf = (changed: Changed = {}): readonly Span[] =>
  TURN.map(([span, attributes], at) => ({
    ...span,
    scope: { name: 'langfuse-sdk', version: '3.15.0' },
    resource: { 'service.name': 'unknown_service' },
    attributes: { ...attributes, ...changed[at] },
  }))
const read = (spans: readonly Span[]) =>
  summarise(
    spans.map((span) => readSpan(span)),
    { traceId: root.traceId },
  )

describe("a turn of Open Chat Studio's", () => {
  it.each([
    ['as it came', spansOf()],
    ['children first', spansOf().toReversed()],
    ['twice', [...spansOf(), ...spansOf()]],
  ])('has its data at both ends, %s', (_order, spans) => {
    const { summary, participantData, sessionData, input, output, facets } = read(spans)
    expect(participantData).toEqual({ before: BEFORE, after: AFTER })
    expect(sessionData).toEqual({ step: 4 })
    expect(facets.changed.toSorted()).toEqual(['district', 'visits.2'])
    expect({ input, output }).toEqual({ input: 'Any news?', output: 'Not yet.' })
    expect(summary).toMatchObject({
      kind: 'turn',
      chatbot: { id: 'Benefits bot' },
      session: { id: 's-1' },
      participant: { id: '+233200' },
    })
  })

  it('has no data at the end where the pipeline did not end', () => {
    const { participantData, facets } = read(spansOf().filter(({ name }) => name !== 'Run Pipeline run'))
    expect(participantData).toEqual({ before: BEFORE })
    expect(facets.changed).toEqual([])
  })
  it('has none where only the end is known: nothing was added', () => {
    const { participantData } = read(spansOf().filter(({ name }) => name !== 'Run Pipeline'))
    expect(participantData).toBeUndefined()
  })
  it.each<[string, AttributeValue]>([
    ['null', null],
    ['nothing', {}],
  ])('takes %s for what it is', (_name, value) => {
    const at = { 1: io({ input_state: { ...STATE, participant_data: value } }, {}) }
    expect(read(spansOf(at)).participantData?.before).toEqual(value ?? undefined)
  })
  it('takes data of a span by another name for none', () => {
    const renamed = spansOf().map((span) => ({ ...span, name: span.name.replace('Run', 'Walk') }))
    expect(read(renamed)).not.toHaveProperty('participantData')
    expect(read(renamed)).not.toHaveProperty('sessionData')
  })
})

describe('data in metadata', () => {
  const METADATA = 'langfuse.trace.metadata'
  const plain = { 1: io({}, {}), 2: io({}, {}) }
  const stated = {
    [`${METADATA}.participant_data`]: JSON.stringify(BEFORE),
    [`${METADATA}.participant_data_diff`]: JSON.stringify(CHANGES),
    [`${METADATA}.session_data`]: '{"step":5}',
  }
  it('is read, and its changes are applied', () => {
    const { participantData, sessionData } = read(spansOf({ ...plain, 0: stated }))
    expect(participantData).toEqual({ before: BEFORE, after: AFTER, changes: CHANGES })
    expect(sessionData).toEqual({ step: 5 })
  })
  it('says what of the changes did not fit', () => {
    const odd = { ...stated, [`${METADATA}.participant_data_diff`]: '[["swap","a",[]]]' }
    const { participantData } = read(spansOf({ ...plain, 0: odd }))
    expect(participantData?.after).toEqual(BEFORE)
    expect(participantData?.problems).toEqual(['change 1 is not a recorded change'])
  })
  it('changes nothing without data at the start', () => {
    const { [`${METADATA}.participant_data`]: _, ...without } = stated
    expect(read(spansOf({ ...plain, 0: without })).participantData).toBeUndefined()
  })
})

describe('who it was', () => {
  const nobody = { 'session.id': '', 'user.id': '' }
  it('stands in the metadata of a run where the trace does not say', () => {
    const metadata = {
      'langfuse.observation.metadata.session-id': 's-2',
      'langfuse.observation.metadata.participant-id': 'p-2',
    }
    const anonymous = { ...nobody, ...io({ input: { message_text: 'Hi' } }, {}) }
    expect(read(spansOf({ 0: anonymous, 2: metadata })).summary).toMatchObject({
      session: { id: 's-2' },
      participant: { id: 'p-2' },
    })
  })
  it('stands in the message that began the turn', () => {
    const { participant, session } = read(spansOf({ 0: nobody })).summary
    expect({ participant, session }).toEqual({ participant: { id: '+233200' }, session: undefined })
  })

  const named = (name: string, attributes: Attributes = {}) =>
    read(spansOf({ 0: attributes }).map((span, at) => (at === 0 ? { ...span, name } : span))).summary.chatbot
      .name
  it.each([
    ['Benefits bot', 'Benefits bot'],
    ['Benefits bot - event pipeline execution', 'Benefits bot'],
    ['Benefits bot - api trigger', 'Benefits bot'],
    ['Benefits bot - staging', 'Benefits bot - staging'],
    ['api trigger', 'api trigger'],
  ])('%s is %s', (name, bot) => {
    expect(named(name)).toBe(bot)
    expect(named('something', { 'langfuse.trace.name': name })).toBe(bot)
  })
  it('is no name of a span that no message began', () => {
    const other = { 'langfuse.observation.input': '{"input":{"text":"Hi"}}' }
    const [first] = spansOf({ 0: other }) as [Span]
    expect(readSpan(first).facts.chatbot).toBeUndefined()
  })
})
