import { describe, expect, it } from 'vitest'
import type { Attributes, Span } from '../../../domain/model/span.ts'
import { traceOf } from '../../../domain/testing/trace-drawing.ts'
import { isNothing, readValue } from '../../readable/tolerant-value.ts'
import { readMeaning } from '../../span/meaning.ts'
import { readSpan } from '../../span/read-span.ts'
import { fixtureTraces } from '../../testing/fixture-traces.ts'

const [drawn] = traceOf('span  0..10') as [Span]
const span = (name: string, attributes: Attributes): Span => ({
  ...drawn,
  name,
  attributes,
  scope: { name: 'rasa.core.channels' },
})
const record = (name: string, attributes: Attributes) => readMeaning(span(name, attributes)).record
const facts = (name: string, attributes: Attributes) =>
  Object.fromEntries((record(name, attributes)?.facts ?? []).map((fact) => [fact.name, fact.value]))

describe("what Rasa's classes record", () => {
  it.each([
    ['GraphTrainer.train', 'Training'],
    ['SQLTrackerStore._stream_new_events', 'Tracker store'],
    ['LockStore.lock', 'Lock store'],
    ['MessageProcessor.get_tracker', 'Tracker'],
    ['IntentlessPolicy.find_closest_response', 'Intentless policy'],
    ['IntentlessPolicy._prediction', 'Intentless policy'],
    ['FlowPolicy._prediction', 'Prediction of a policy'],
    ['FormValidationAction.BookingForm._extract_validation_events', 'Validation'],
    ['ActionExecutor._create_api_response', 'What the action returned'],
    ['rasa.core.policies.flows.flow_executor.run_step', 'Flow step'],
    ['rasa.core.policies.flows.flow_executor.advance_flows', 'Flows'],
    ['rasa.core.policies.flows.flow_executor.advance_flows_until_next_action', 'Next action'],
    ['rasa.core.policies.flows.agent_executor._call_agent_with_retry', 'Agent'],
    ['StartFlowCommand.run_command_on_tracker', 'Commands'],
    ['CompactLLMCommandGenerator.perform_llm_health_check', 'Health check'],
    ['GraphNode.FlowPolicy', 'Component'],
    ['Thing.of_tomorrow', 'Also recorded'],
  ])('%s reads as %s', (name, title) => {
    expect(record(name, { some_key: 'x' })?.title).toBe(title)
  })

  it('has sets as sets, texts of structure as structure, and nothing for None', () => {
    expect(
      facts('GraphNode.DefaultPolicyPredictionEnsemble', {
        node_name: 'select_prediction',
        policy: 'None',
        flows: "{'transfer_money', 'add_contact'}",
        utters: 'set()',
        events: 'None',
        optional_events: '{}',
        commands: "[{'command': 'set slot', 'name': None}]",
      }),
    ).toEqual({
      node: 'select_prediction',
      flows: ['transfer_money', 'add_contact'],
      commands: [{ command: 'set slot', name: null }],
    })
  })
  it('reads alike whatever order a storage gives attributes in', () => {
    const said = { node_name: 'run_NLU0', component_class: 'NLU', fn_name: 'convert', zeta: 1 }
    const reversed = Object.fromEntries(Object.entries(said).reverse())
    expect(record('GraphNode.NLU', reversed)).toEqual(record('GraphNode.NLU', said))
    expect(record('GraphNode.NLU', said)?.facts.map(({ name }) => name)).toEqual([
      'component',
      'function',
      'node',
      'zeta',
    ])
  })
  it('has what a training was', () => {
    expect(
      facts('GraphTrainer.train', {
        training_type: 'rasa',
        language: 'en',
        recipe_name: 'default.v1',
        output_filename: 'bank.tar.gz',
        is_finetuning: false,
      }),
    ).toEqual({
      'training type': 'rasa',
      language: 'en',
      recipe: 'default.v1',
      'model file': 'bank.tar.gz',
      'fine-tuning': false,
    })
  })
  it('leaves out what stands elsewhere on the page', () => {
    const said = { query: 'fees', document_metadata: '[{"source":"fees.md"}]' }
    const meaning = readMeaning(span('FAISS_Store.search', said))
    expect(meaning).toMatchObject({ query: 'fees', documents: [{ metadata: { source: 'fees.md' } }] })
    expect(meaning.record).toBeUndefined()
  })
  it('is nothing of a span of another library', () => {
    expect(
      readMeaning({ ...span('Some.thing', { a: 'b' }), scope: { name: 'mylib' } }).record,
    ).toBeUndefined()
  })
})

it('leaves no recorded attribute of a span of Rasa unseen', () => {
  const unseen = new Set<string>()
  let looked = 0
  for (const { name, spans } of fixtureTraces())
    for (const one of spans) {
      if (!name.startsWith('rasa') || readSpan(one).facts.convention !== 'rasa') continue
      const page = JSON.stringify(readMeaning(one))
      for (const [key, value] of Object.entries(one.attributes)) {
        const read = readValue(value) ?? null
        const holds =
          typeof read === 'object' && read !== null ? Object.keys(read).length > 0 : !isNothing(read)
        if (!holds || key.startsWith('langfuse.') || /^(user|session)\.id$/.test(key)) continue
        looked++
        const { [key]: _, ...others } = one.attributes
        // A value that may go without a trace is one that the page does not show.
        if (JSON.stringify(readMeaning({ ...one, attributes: others })) === page)
          unseen.add(`${one.name} ${key}`)
      }
    }
  expect(looked).toBeGreaterThan(1_000)
  expect([...unseen]).toEqual([])
})

describe('bots at the default service name', () => {
  const deployment = (resource: Attributes, attributes: Attributes = {}) =>
    readSpan({ ...span('Agent.handle_message', attributes), resource }).facts.deployment
  it.each<[string, Attributes, Attributes, string | undefined]>([
    ['a namespace', { 'service.name': 'rasa', 'service.namespace': 'bank' }, {}, 'bank'],
    ['a deployment', { 'service.name': 'rasa', 'k8s.deployment.name': 'bank-bot' }, {}, 'bank-bot'],
    ['a deployment of the action server', { 'service.name': 'rasa_sdk', 'container.name': 'b' }, {}, 'b'],
    ['a model that was given a name', { 'service.name': 'rasa' }, { model_name: 'bank.tar.gz' }, 'bank'],
    [
      'no model that training named',
      { 'service.name': 'rasa' },
      { model_name: '20260820-095533-corn-latitude.tar.gz' },
      undefined,
    ],
    ['nothing', { 'service.name': 'rasa' }, { model_name: 'None' }, undefined],
    [
      'nothing where the service has a name',
      { 'service.name': 'b', 'service.namespace': 'x' },
      {},
      undefined,
    ],
  ])('are told by %s', (_name, resource, attributes, wanted) => {
    expect(deployment(resource, attributes)).toBe(wanted)
  })
})
