import { describe, expect, it } from 'vitest'
import type { Attributes, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const ADVANCE = 'rasa.core.policies.flows.flow_executor.advance_flows_until_next_action'
const SEARCH = 'EnterpriseSearchPolicy._parse_llm_relevancy_check_response'

const NAMES = [
  'Agent.handle_message',
  'MessageProcessor.handle_message',
  'MessageProcessor._run_prediction_loop',
  'MessageProcessor._predict_next_with_tracker',
  ADVANCE,
  'FlowPolicy._prediction',
  SEARCH,
  'EnterpriseSearchPolicy._prediction',
  'IntentlessPolicy.generate_answer',
  'MessageProcessor._run_action',
  'ActionExecutor._create_api_response',
  'MessageProcessor._predict_next_with_tracker',
  'MessageProcessor._run_action',
] as const
/** A turn with two actions and everything that may offer a text before the first. */
const TURN = traceOf(`
  ${NAMES[0]}                    0..1000
    ${NAMES[1]}                  10..990
      ${NAMES[2]}                20..980
        ${NAMES[3]}              30..200
          ${ADVANCE}             40..60
          ${NAMES[5]}            61..80
          ${SEARCH}              90..100
          ${NAMES[7]}            101..110
          ${NAMES[8]}            120..130
        ${NAMES[9]}              210..500
          ${NAMES[10]}           300..310
        ${NAMES[11]}             510..600
        ${NAMES[12]}             610..700
`)
const AT = {
  advance: 4,
  flow: 5,
  answer: 6,
  search: 7,
  intentless: 8,
  first: 9,
  server: 10,
  second: 12,
} as const
type Step = keyof typeof AT

const read = (said: { readonly [Name in Step]?: Attributes }, leaveOut: readonly Step[] = []) => {
  const gone = new Set(leaveOut.map((step) => AT[step]))
  const spans = TURN.map((span, at): Span => {
    const step = (Object.keys(AT) as Step[]).find((name) => AT[name] === at)
    const scope = { name: span.name.startsWith('ActionExecutor') ? 'rasa_sdk.executor' : 'rasa.core' }
    return { ...span, scope, attributes: (step && said[step]) ?? {} }
  }).filter((_, at) => !gone.has(at as (typeof AT)[Step]))
  const { output, summary } = summarise(
    spans.map((span) => readSpan(span)),
    { traceId: spans[0]?.traceId as Span['traceId'] },
  )
  return { output, responses: summary.responses, note: summary.note }
}

const runs = (action: string): Attributes => ({ action_name: action })
const sends = runs('action_send_text')
const message = (text: string) => JSON.stringify({ message: { text } })
const nothing = { output: undefined, responses: undefined, note: 'text-not-recorded' }

describe("Rasa's recorded texts", () => {
  it.each<[string, Parameters<typeof read>[0]]>([
    ['in the metadata of the next action', { advance: { metadata: message('Hi!') }, first: sends }],
    ["in the metadata of FlowPolicy's action", { flow: { action_metadata: message('Hi!') }, first: sends }],
    ['in that of EnterpriseSearchPolicy', { search: { action_metadata: message('Hi!') }, first: sends }],
    ['as the answer that was checked', { answer: { llm_answer: 'Hi!' }, first: sends }],
    ['as the answer, in JSON', { answer: { llm_answer: '"Hi!"' }, first: sends }],
    ['as the answer of IntentlessPolicy', { intentless: { llm_response: '{"text":"Hi!"}' }, first: sends }],
    [
      'twice, the same',
      { advance: { metadata: message('Hi!') }, flow: { action_metadata: message('Hi!') }, first: sends },
    ],
    [
      'beside what a model only drafted',
      { intentless: { llm_response: 'No.' }, search: { action_metadata: message('Hi!') }, first: sends },
    ],
  ])('are read %s', (_name, said) => {
    expect(read(said)).toEqual({ output: 'Hi!', responses: undefined, note: 'text-not-recorded' })
  })

  it('are the decided one where no action was recorded', () => {
    const said = { advance: { metadata: message('Hi!') } }
    expect(read(said, ['first', 'second'])).toMatchObject({ output: 'Hi!' })
    const drafted = { answer: { llm_answer: 'Hi!' } }
    expect(read(drafted, ['first', 'second'])).toEqual(nothing)
  })

  it.each<[string, Parameters<typeof read>[0]]>([
    ['that no action sent', { answer: { llm_answer: 'Hi!' }, first: runs('action_listen') }],
    ['of a policy that lost to a flow', { search: { action_metadata: message('Hi!') }, first: runs('book') }],
  ])('are not taken %s', (_name, said) => {
    expect(read(said)).toEqual(nothing)
  })

  it.each<[string, Parameters<typeof read>[0]]>([
    ['none is recorded', { first: sends }],
    ['the documents held no answer', { answer: { llm_answer: '[NO_RELEVANT_ANSWER_FOUND]' }, first: sends }],
    [
      'two were offered',
      { advance: { metadata: message('Hi!') }, search: { action_metadata: message('Ho!') }, first: sends },
    ],
    ['it was for the action before', { advance: { metadata: message('Hi!') }, second: sends }],
  ])('stand as the action that sent one where %s', (_name, said) => {
    expect(read(said)).toEqual({ ...nothing, responses: ['action_send_text'] })
  })
})

describe('responses whose words are not recorded', () => {
  it('are told by name, in order', () => {
    expect(read({ first: runs('utter_greet'), second: runs('utter_ask_name') })).toEqual({
      ...nothing,
      responses: ['utter_greet', 'utter_ask_name'],
    })
  })
  it('are those that a custom action sent', () => {
    const server = { utters: '["utter_done", "utter_done"]' }
    expect(read({ first: runs('action_book'), server, second: runs('action_listen') })).toEqual({
      ...nothing,
      responses: ['utter_done', 'utter_done'],
    })
  })
  it.each(['None', '[]', '{}', 'null', '"None"'])('are none where a custom action sent %s', (utters) => {
    expect(read({ first: runs('action_book'), server: { utters } })).toEqual(nothing)
  })
  it('stand beside the words of the others', () => {
    const said = { advance: { metadata: message('Hi!') }, first: sends, second: runs('utter_ask_name') }
    expect(read(said)).toEqual({ output: 'Hi!', responses: ['utter_ask_name'], note: 'text-not-recorded' })
  })
  it('are not those that a policy would have sent', () => {
    const said = { intentless: { action_name: 'utter_faq' }, first: runs('utter_greet') }
    expect(read(said).responses).toEqual(['utter_greet'])
  })
})
