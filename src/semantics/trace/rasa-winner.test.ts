import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Attributes, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readSpan } from '../span/read-span.ts'
import { type ActionExplanation, explainAction, planExplanation } from './rasa-explanation.ts'
import { predictionsOf } from './rasa-winner.ts'

const fixtures = join(import.meta.dirname, '..', '..', 'formats', 'otlp', 'fixtures')
const recorded = (file: string): readonly Span[] =>
  decodeTracesJson(JSON.parse(readFileSync(join(fixtures, file), 'utf8'))).spans

/** Every action of a trace, explained, in order. */
function explained(spans: readonly Span[]): readonly ActionExplanation[] {
  const outlines = spans.map((span) => readSpan(span).outline)
  return outlines
    .filter(({ name }) => name === 'MessageProcessor._run_action')
    .sort((a, b) => a.startTime - b.startTime)
    .flatMap(({ spanId }) => {
      const plan = planExplanation(outlines, spanId)
      return plan
        ? explainAction(
            spans.filter((span) => plan.needed.includes(span.spanId)),
            plan,
          )
        : []
    })
}

type Row = readonly [
  action: string,
  winner: string | undefined,
  priority: number | undefined,
  flows: string,
  commands: number,
  trigger: string | undefined,
]
const rowOf = ({ action, policies, steps, commands, trigger }: ActionExplanation): Row => {
  const winner = policies.find(({ won }) => won)
  return [
    action,
    winner?.policy,
    winner?.priority,
    [...new Set(steps.map(({ flow }) => flow))].join(' '),
    commands.length,
    trigger?.command,
  ]
}

const SAMPLES: readonly (readonly [file: string, rows: readonly Row[]])[] = [
  [
    'rasa/a_turn_transfer_money.otlp.json',
    [
      ['action_check_sufficient_funds', 'FlowPolicy', 7, 'transfer_money', 3, 'start flow: transfer_money'],
      [
        'action_run_slot_rejections',
        'FlowPolicy',
        7,
        'transfer_money pattern_collect_information',
        3,
        'start flow: transfer_money',
      ],
      [
        'utter_ask_transfer_money_final_confirmation',
        'FlowPolicy',
        7,
        'pattern_collect_information',
        3,
        undefined,
      ],
      ['action_listen', 'FlowPolicy', 7, 'pattern_collect_information', 3, undefined],
    ],
  ],
  ['rasa-3.21/d0_text_turn_mantle_otlp_only.otlp.json', []],
  ['rasa-3.21/d_text_turn_mantle.otlp.json', []],
  ['rasa-3.21/f_failing_turn.otlp.json', []],
  ['rasa-3.21/e_voice_call.otlp.json', []],
]
it.each(SAMPLES)('%s: why each action ran', (file, rows) => {
  expect(explained(recorded(file)).map(rowOf)).toEqual(rows)
})

it('links the flow to the call of a model that gave the command', () => {
  const spans = recorded('rasa/a_turn_transfer_money.otlp.json')
  const [first] = explained(spans)
  const named = (name: string) => spans.find((span) => span.name === name)?.spanId
  expect(first?.trigger).toMatchObject({
    flow: 'transfer_money',
    spanId: named('CompactLLMCommandGenerator._check_commands_against_startable_flows'),
    modelCall: named('CompactLLMCommandGenerator.invoke_llm'),
  })
})

/** Spans of the names drawn, with attributes by name, in order. */
function drawn(drawing: string, attributes: { readonly [name: string]: readonly Attributes[] }): Span[] {
  const left = new Map(Object.entries(attributes).map(([name, list]) => [name, [...list]]))
  return traceOf(drawing).map((span) => ({
    ...span,
    scope: { name: 'rasa.core.processor' },
    attributes: left.get(span.name)?.shift() ?? {},
  }))
}

const ADVANCED = 'rasa.core.policies.flows.flow_executor.advance_flows_until_next_action'

describe('who won', () => {
  const flow = (name: string | null, score = 1): readonly [string, Attributes] => [
    ADVANCED,
    { action_name: name ?? 'None', score },
  ]
  const policy = (name: string, priority: number, metadata = 'null'): readonly [string, Attributes] => [
    `${name}._prediction`,
    { priority, action_metadata: metadata },
  ]
  const result = (name: string, score: number): readonly [string, Attributes] => [
    'IntentlessPolicy._prediction_result',
    { action_name: name, score },
  ]
  const TEXT = '{"message":{"text":"At nine."}}'

  type Case = readonly [
    name: string,
    executed: string | undefined,
    spans: readonly (readonly [string, Attributes])[],
    winner: string | undefined,
    text?: string,
  ]
  const CASES: readonly Case[] = [
    ['the flow whose action ran', 'utter_a', [flow('utter_a'), policy('FlowPolicy', 7)], 'FlowPolicy'],
    ['no flow that predicted nothing', 'action_listen', [flow(null), policy('FlowPolicy', 7)], undefined],
    [
      'no flow that predicted another action',
      'utter_b',
      [flow('utter_a'), policy('FlowPolicy', 7)],
      undefined,
    ],
    ['no flow of which no action is recorded', 'utter_b', [policy('FlowPolicy', 7)], undefined],
    [
      'the search that answered where the flow abstained',
      'action_send_text',
      [flow(null), policy('FlowPolicy', 7), policy('EnterpriseSearchPolicy', 6, TEXT)],
      'EnterpriseSearchPolicy',
      'At nine.',
    ],
    [
      'the search, by what its model wrote',
      'action_send_text',
      [
        flow(null),
        policy('FlowPolicy', 7),
        ['EnterpriseSearchPolicy._parse_llm_relevancy_check_response', { llm_answer: 'At ten.' }],
        policy('EnterpriseSearchPolicy', 6),
      ],
      'EnterpriseSearchPolicy',
      'At ten.',
    ],
    [
      'no search where Rasa went on listening by itself',
      'action_listen',
      [flow(null), policy('FlowPolicy', 7), policy('EnterpriseSearchPolicy', 6)],
      undefined,
    ],
    [
      'the policy without intents whose action ran',
      'utter_free',
      [flow(null), policy('FlowPolicy', 7), result('utter_free', 0.8), policy('IntentlessPolicy', 4)],
      'IntentlessPolicy',
    ],
    [
      'not the policy without intents whose action did not',
      'utter_a',
      [flow('utter_a'), policy('FlowPolicy', 7), result('utter_free', 0.8), policy('IntentlessPolicy', 9)],
      'FlowPolicy',
    ],
    [
      'nobody of two that name no action',
      'utter_x',
      [policy('RulePolicy', 6), policy('MemoizationPolicy', 3)],
      undefined,
    ],
    ['nobody while the action is not read', undefined, [flow('utter_a'), policy('FlowPolicy', 7)], undefined],
  ]
  const cases = CASES.map(([name, executed, parts, winner, text]) => ({
    name,
    executed,
    parts,
    winner,
    text,
  }))
  it.each(cases)('is $name', ({ executed, parts, winner, text }) => {
    const spans = parts.map(([name, attributes], at) => ({
      ...(traceOf(`${name}  ${at}..${at + 1}`)[0] as Span),
      attributes,
    }))
    const predictions = predictionsOf(spans, executed)
    expect(predictions.filter(({ won }) => won).map((each) => each.policy)).toEqual(
      winner === undefined ? [] : [winner],
    )
    expect(predictions.find(({ won }) => won)?.text).toBe(text)
  })
  it('goes with its own confidence', () => {
    const spans = [
      result('utter_free', 0.8),
      policy('IntentlessPolicy', 4),
      flow('utter_a', 0),
      policy('FlowPolicy', 7),
    ]
    const made = spans.map(([name, attributes], at) => ({
      ...(traceOf(`${name}  ${at}..${at + 1}`)[0] as Span),
      attributes,
    }))
    expect(predictionsOf(made, 'utter_free')).toMatchObject([
      { policy: 'IntentlessPolicy', priority: 4, score: 0.8, won: true },
      { policy: 'FlowPolicy', priority: 7, score: 0, won: false },
    ])
  })
})

describe('turns beside each other', () => {
  const TURN = (name: string, from: number) => `
  ${name}                                                    ${from}..${from + 90}
    CompactLLMCommandGenerator._check_commands_against_startable_flows  ${from + 1}..${from + 2}
    MessageProcessor._predict_next_with_tracker              ${from + 10}..${from + 20}
      ${ADVANCED}                                            ${from + 11}..${from + 12}
      FlowPolicy._prediction                                 ${from + 13}..${from + 14}
    MessageProcessor._run_action                             ${from + 30}..${from + 40}
    MessageProcessor._run_action                             ${from + 50}..${from + 60}`
  const attributes = (flows: readonly string[]) => ({
    'CompactLLMCommandGenerator._check_commands_against_startable_flows': flows.map((flow) => ({
      commands: JSON.stringify([{ command: 'start flow', flow }]),
    })),
    [ADVANCED]: flows.map((flow) => ({ action_name: `utter_${flow}`, score: 1 })),
    'FlowPolicy._prediction': flows.map(() => ({ priority: 7 })),
    'MessageProcessor._run_action': flows.flatMap((flow) => [
      { action_name: `utter_${flow}` },
      { action_name: 'action_listen' },
    ]),
  })
  const FLOWS = Array.from({ length: 40 }, (_, at) => `flow${at}`)

  it.each([
    ['in a call', 'voice call', 'MessageProcessor.handle_message'],
    ['in one trace of a session', 'my bot', 'Agent.handle_message'],
  ])('%s: no command and no winner of another turn shows', (_name, root, turn) => {
    const drawing = `
${root}   0..5000${FLOWS.map((_, at) => TURN(turn, at * 100)).join('')}`
    const actions = explained(drawn(drawing, attributes(FLOWS)))
    expect(actions).toHaveLength(80)
    for (const [at, flow] of FLOWS.entries()) {
      const [uttered, listened] = actions.slice(at * 2)
      expect(uttered?.commands).toEqual([`start flow: ${flow}`])
      expect(uttered?.policies).toMatchObject([{ policy: 'FlowPolicy', won: true, score: 1 }])
      // Nothing was predicted between the two: what led to the first did not lead to the second.
      expect(listened).toMatchObject({ action: 'action_listen', policies: [], steps: [] })
    }
  })
})
