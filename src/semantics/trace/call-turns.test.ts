import { describe, expect, it } from 'vitest'
import type { Attributes, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readSpan } from '../span/read-span.ts'
import { summarise } from './summarise.ts'

const AGENT = 'rasa.core.policies.flows.agent_executor._call_agent_with_retry'
const VOICE = /^(voice call|handle turn|transcribe audio|synthesize speech|play audio)$/

/** A call of two turns; in the second a sub-agent runs, a tool, and the answer is spoken. */
const CALL = traceOf(`
  voice call                 0..1000
    handle turn              10..200
      synthesize speech      20..100
    transcribe audio         210..300
    handle turn              310..900
      ${AGENT}               320..500
        MCPOpenAgent._execute_tool_call  330..400
      synthesize speech      510..600
      synthesize speech      610..700
`)
const scoped = CALL.map((span) => ({
  ...span,
  scope: { name: VOICE.test(span.name) ? 'rasa.voice' : 'rasa.core.policies' },
}))

type Changes = { readonly [at: number]: Partial<Span> }
const FAILED: Partial<Span> = { status: { code: 'error', message: 'no' } }
const attributed = (attributes: Attributes): Partial<Span> => ({ attributes })

const read = (changes: Changes) =>
  summarise(
    scoped.map((span, at) => readSpan({ ...span, ...changes[at] })),
    { traceId: scoped[0]?.traceId as Span['traceId'] },
  )
const turns = (changes: Changes) => read(changes).callTurns ?? []

describe('a turn in a call', () => {
  it.each<[string, Changes, readonly string[]]>([
    ['nothing', {}, ['ok', 'ok']],
    ['itself', { 4: FAILED }, ['ok', 'error']],
    ['a synthesis below it', { 8: FAILED }, ['ok', 'error']],
    ['a synthesis that another made good', { 7: FAILED }, ['ok', 'ok']],
    ['a tool far below it', { 6: FAILED }, ['ok', 'error']],
    ['a synthesis of the other turn', { 2: FAILED }, ['error', 'ok']],
    ['the other turn', { 1: FAILED }, ['error', 'ok']],
    ['a transcription beside it', { 3: FAILED }, ['ok', 'ok']],
  ])('is judged by everything below it: %s failed', (_name, changes, states) => {
    expect(turns(changes).map(({ status }) => status)).toEqual(states)
  })

  const told = attributed({ agent_input_user_message: 'Book it.', agent_output_response_message: 'Booked.' })
  it('has the words that a sub-agent alone recorded', () => {
    const { input, callTurns } = read({ 5: told })
    expect(callTurns?.map((turn) => [turn.input, turn.output])).toEqual([
      [undefined, undefined],
      ['Book it.', 'Booked.'],
    ])
    expect(input).toBe('Book it.')
  })
  it('has what was heard and spoken where that was recorded', () => {
    const changes = {
      3: attributed({ 'voice.transcript.final': 'Please book it.' }),
      5: told,
      7: attributed({ 'voice.tts.text': 'It is booked.' }),
    }
    expect(turns(changes).at(-1)).toMatchObject({ input: 'Please book it.', output: 'It is booked.' })
  })
  it('has no words of a sub-agent of another turn', () => {
    expect(turns({ 5: told })[0]).not.toHaveProperty('input')
    expect(turns({})[1]).not.toHaveProperty('input')
  })
  it('says what failed in it, and nothing of what failed elsewhere', () => {
    const says = (message: string): Partial<Span> => ({ status: { code: 'error', message } })
    const errors = (changes: Changes) => turns(changes).map(({ error }) => error)
    expect(errors({})).toEqual([undefined, undefined])
    expect(errors({ 4: says('outer'), 6: says('deep') })).toEqual([undefined, 'deep'])
    expect(errors({ 2: says('first'), 8: says('second') })).toEqual(['first', 'second'])
    expect(errors({ 0: says('the call'), 3: says('the ear') })).toEqual([undefined, undefined])
    // One that another attempt made good is no error of the turn.
    expect(errors({ 7: says('once') })).toEqual([undefined, undefined])
    expect(errors({ 5: says('above'), 6: { status: { code: 'error' } } })).toEqual([
      undefined,
      'MCPOpenAgent._execute_tool_call failed: above',
    ])
    expect(errors({ 4: says('x'.repeat(900)) })[1]).toHaveLength(300)
  })
  it('goes by the names of its responses where nothing spoken was recorded', () => {
    const spans = traceOf(`
      voice call                                0..1000
        MessageProcessor.handle_message         10..200
          MessageProcessor._run_action          20..100  action_name="utter_greet"
        MessageProcessor.handle_message         210..400
          MessageProcessor._run_action          220..300  action_name="utter_bye"
            synthesize speech                   230..240  voice.tts.text="Bye."
    `).map((span) => ({
      ...span,
      scope: { name: VOICE.test(span.name) ? 'rasa.voice' : 'rasa.core' },
    }))
    const readings = spans.map((span) => readSpan(span))
    const read = summarise(readings, { traceId: spans[0]?.traceId as Span['traceId'] })
    expect(read.callTurns?.map(({ output, responses }) => [output, responses])).toEqual([
      [undefined, ['utter_greet']],
      ['Bye.', undefined],
    ])
    expect(read.summary.responses).toBeUndefined()
  })
})
