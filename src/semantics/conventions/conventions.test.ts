import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Attributes, AttributeValue, Span } from '../../domain/model/span.ts'
import { traceOf } from '../../domain/testing/trace-drawing.ts'
import { readMeaning } from '../span/meaning.ts'
import { readSpan } from '../span/read-span.ts'
import { CONCEPTS, type Concept, type Convention, type PlaceOptions } from './convention.ts'
import { CONVENTIONS, PLACES } from './convention-table.ts'

const span = (attributes: Attributes, changes: Partial<Span> = {}): Span => ({
  ...(traceOf('work  0..100')[0] as Span),
  attributes,
  ...changes,
})

/** A span on which a concept counts. */
type Setting = readonly [attributes: Attributes, changes?: Partial<Span>]
const PLAIN: Setting = [{}]
const GENERATION: Setting = [{ 'gen_ai.operation.name': 'chat' }]
const TOOL: Setting = [{ 'gen_ai.operation.name': 'execute_tool' }]
const RETRIEVAL: Setting = [{ 'gen_ai.operation.name': 'retrieval' }]
const AGENT: Setting = [{ 'gen_ai.operation.name': 'invoke_agent' }]
const RASA_STEP: Setting = [
  {},
  { name: 'rasa.core.policies.flows.flow_executor.run_step', scope: { name: 'rasa.core.policies' } },
]

const SETTINGS: Readonly<Record<Concept, Setting>> = {
  chatbot: PLAIN,
  version: PLAIN,
  session: PLAIN,
  channel: PLAIN,
  participant: PLAIN,
  participantName: PLAIN,
  environment: PLAIN,
  model: GENERATION,
  requestModel: GENERATION,
  tool: TOOL,
  agent: AGENT,
  inputTokens: GENERATION,
  cachedTokens: GENERATION,
  outputTokens: GENERATION,
  reasoningTokens: GENERATION,
  totalTokens: GENERATION,
  embeddingTokens: [{ 'gen_ai.operation.name': 'embeddings' }],
  cost: GENERATION,
  timeToFirstToken: GENERATION,
  input: PLAIN,
  output: PLAIN,
  tags: PLAIN,
  provider: GENERATION,
  component: PLAIN,
  vectorStore: RETRIEVAL,
  streamed: GENERATION,
  query: RETRIEVAL,
  documents: RETRIEVAL,
  toolArguments: TOOL,
  toolResult: TOOL,
  callEvidence: GENERATION,
  action: RASA_STEP,
  flow: RASA_STEP,
  errorMessage: [{}, { status: { code: 'error' } }],
  dataBefore: PLAIN,
  dataAfter: PLAIN,
  dataAtEnd: PLAIN,
  dataChanges: PLAIN,
  sessionData: PLAIN,
}

const NUMBERS: ReadonlySet<Concept> = new Set([
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'reasoningTokens',
  'totalTokens',
  'embeddingTokens',
  'cost',
  'timeToFirstToken',
])

/** Attributes that say something under a key, encoded as its place has it. */
function written(concept: Concept, key: string, options: PlaceOptions): Attributes {
  const { messages, flattened, path, printed, sumOf, unit, where } = options
  if (concept === 'dataChanges') return { [key]: '[["add","",[["name","fernhill"]]]]' }
  const beside = where ? { [where[0]]: where[1] } : {}
  if (messages !== undefined)
    return {
      [`${key}.0.${messages}role`]: concept === 'input' ? 'user' : 'assistant',
      [`${key}.0.${messages}content`]: 'fernhill',
    }
  if (flattened) return { [`${key}.0.document.content`]: 'fernhill' }
  if (path !== undefined) {
    const object = path.split('.').reduceRight<AttributeValue>((inner, step) => ({ [step]: inner }), 4711)
    return { [key]: JSON.stringify(object) }
  }
  if (printed) return { [key]: `Usage(${printed[0]}=Details(${printed[1]}=4711))`, ...beside }
  if (sumOf !== undefined) return { [key]: JSON.stringify({ [`${sumOf}_x`]: 4711 }) }
  if (unit === 'time') return { [key]: '"2033-05-18T03:33:20Z"' }
  if (NUMBERS.has(concept)) return { [key]: 4711 }
  if (concept === 'streamed') return { [key]: true }
  if (concept === 'documents') return { [key]: '[{"content":"fernhill"}]' }
  if (concept.startsWith('data') || concept === 'sessionData') return { [key]: '{"name":"fernhill"}' }
  return { [key]: options.quoted ? '"fernhill"' : 'fernhill', ...beside }
}

const read = (one: Span) => JSON.stringify([readSpan(one), readMeaning(one)])

const every = CONVENTIONS.flatMap(({ name, places }) =>
  CONCEPTS.flatMap((concept) =>
    (places[concept] ?? []).map(
      ([, key, options = {}]) =>
        [
          `${name}: ${concept} from ${key} ${options.path ?? options.sumOf ?? ''}`,
          concept,
          key,
          options,
        ] as const,
    ),
  ),
)

it('lists keys of every concept', () => {
  expect(every.length).toBeGreaterThan(150)
  for (const concept of CONCEPTS) expect(PLACES[concept].length, concept).toBeGreaterThan(0)
})

it.each(every)('reads %s', (_title, concept, key, options) => {
  const [around, others = {}] = SETTINGS[concept]
  // A place that counts on spans of one name.
  const only = /^\^([\w ]+)\$$/.exec(options.name?.source ?? '')?.[1]
  const changes = only === undefined ? others : { ...others, name: only }
  const said = written(concept, key, options)
  const without = span(around, changes)
  const texts = options.on
    ? [span(around, { ...changes, resource: { ...without.resource, ...said } })]
    : [span({ ...around, ...said }, changes)]
  if (options.on === 'either') texts.push(span({ ...around, ...said }, changes))
  for (const each of texts) {
    const reading = read(each)
    expect(reading).not.toBe(read(without))
    // That a call was made, and how long it took, stand as other values than were written.
    if (concept === 'callEvidence') expect(readSpan(each).facts.called).toBe(true)
    else if (concept === 'timeToFirstToken') expect(readSpan(each).facts.timeToFirstToken).toBeGreaterThan(0)
    else if (concept === 'streamed') expect(readSpan(each).facts.streamed).toBe(true)
    else expect(reading).toMatch(/fernhill|4711/)
  }
})

const kinds = CONVENTIONS.flatMap(({ kinds: keys = [] }) =>
  keys.flatMap(({ key, kinds: values }) =>
    Object.entries(values).map(([value, kind]) => ({ key, value, kind })),
  ),
)
it.each(kinds)('$key = $value is $kind', ({ key, value, kind }) => {
  expect(readSpan(span({ [key]: value })).outline.kind).toBe(kind)
})

const perConvention = (of: (convention: Convention) => readonly string[] | undefined) =>
  CONVENTIONS.flatMap((convention) => (of(convention) ?? []).map((key) => [convention.name, key] as const))

it.each(
  perConvention(({ parameters }) => [
    ...(parameters?.prefixes ?? []).map((prefix) => `${prefix}x`),
    ...(parameters?.keys ?? []),
  ]),
)('%s: %s is a parameter', (_name, key) => {
  expect(Object.values(readMeaning(span({ [key]: 'fernhill' })).parameters ?? {})).toEqual(['fernhill'])
})

it.each(perConvention(({ parameters }) => parameters?.objects))('%s: %s holds parameters', (_name, key) => {
  expect(readMeaning(span({ [key]: '{"x":1}' })).parameters).toEqual({ x: 1 })
})

it.each(perConvention(({ parameters }) => parameters?.except))('%s: %s is no parameter', (_name, key) => {
  expect(readMeaning(span({ [key]: 'fernhill' })).parameters).toBeUndefined()
})

it.each(perConvention(({ firstTokenEvents }) => firstTokenEvents))(
  '%s: event %s is a first token',
  (_, name) => {
    const one = span(GENERATION[0])
    const event = { name, time: (one.startTime + 40) as typeof one.startTime, attributes: {} }
    expect(readSpan({ ...one, events: [event] }).facts.timeToFirstToken).toBe(40)
  },
)

it.each(perConvention(({ transport }) => transport))('%s: %s is transport', (_name, prefix) => {
  expect(readSpan(span({ [`${prefix}x`]: 'y' })).outline.kind).toBe('system')
  expect(readSpan(span({ [`x${prefix}x`]: 'y' })).outline.kind).toBe('custom')
})

it.each(CONVENTIONS.flatMap(({ name, feedback }) => (feedback ? [[name, feedback] as const] : [])))(
  '%s: reads every key of a rating',
  (_name, { name, values, comment, events }) => {
    for (const value of values) {
      const attributes = { [name]: 'helpful', [value]: 'yes', [comment]: 'fine' }
      const one = events
        ? span({}, { events: [{ name: `${events}.result`, time: span({}).startTime, attributes }] })
        : span(attributes)
      expect(readSpan(one).facts.feedback).toEqual([{ name: 'helpful', value: 'yes', comment: 'fine' }])
    }
  },
)

describe("LiteLLM's spans", () => {
  const made = (name: string, attributes: Attributes = {}) =>
    readSpan(span(attributes, { name, scope: { name: 'litellm' } }))
  it('are its own, not those of Rasa that it may be part of', () => {
    expect(made('litellm_request').facts.convention).toBeUndefined()
    expect(made('litellm_request').outline.kind).toBe('generation')
    expect(made('litellm_request', { 'openinference.span.kind': 'EMBEDDING' }).outline.kind).toBe('embedding')
    expect(made('raw_gen_ai_request').outline).toMatchObject({ kind: 'system', duplicate: true })
    // A name of the form that Rasa's classes have says nothing here.
    expect(made('Proxy.request').outline.kind).toBe('custom')
  })
  it('with nothing recorded are no proof of a call', () => {
    expect(made('litellm_request').facts.called).toBeUndefined()
    expect(made('litellm_request', { 'output.value': 'yo' }).facts.called).toBe(true)
  })
})

describe('ranks', () => {
  it.each(CONCEPTS)('of %s are each of one place', (concept) => {
    const ranks = PLACES[concept].map(([rank]) => rank)
    expect(ranks).toEqual([...new Set(ranks)])
  })
  it('of keys of kinds are each of one key', () => {
    const ranks = CONVENTIONS.flatMap(({ kinds: keys = [] }) => keys.map(({ rank }) => rank))
    expect(ranks.length).toBe(new Set(ranks).size)
  })
})

it('stand in the files of conventions alone', () => {
  const folder = join(import.meta.dirname, '..')
  const key =
    /['"`](gen_ai|langfuse|llm|traceloop|openinference|langsmith|ai|turnscope|input|output|retrieval|deployment)\.[a-z]/
  const strays = (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|^conventions|^testing/.test(path))
    .flatMap((path) =>
      readFileSync(join(folder, path), 'utf8')
        .split('\n')
        .flatMap((line, at) => (key.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    )
  expect(strays).toEqual([])
})
