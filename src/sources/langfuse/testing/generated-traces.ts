import { Random } from '../../sample/random.ts'
import type { Held, Row } from './langfuse-server.ts'

const NAMES = ['support-agent', 'rag-chat', 'booking bot']
const QUESTIONS = [
  'How do I reset my password?',
  '¿Dónde está mi pedido?',
  '请问怎么取消订阅?',
  'What does the "premium" plan cost?\nAnd per year?',
]
const MODELS = ['gpt-4o-2024-08-06', 'claude-sonnet-4']

const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => random.int(0, 15).toString(16)).join('')
const iso = (ms: number): string => new Date(ms).toISOString()

/** A turn as it was sent: what both APIs show of it is made of this. */
interface Sent {
  readonly id: string
  readonly start: number
  readonly name: string
  readonly session: string
  readonly user: string
  readonly tags: readonly string[]
  readonly environment: string
  readonly version: string
  readonly channel: string
  readonly input: unknown
  readonly output: unknown
  readonly data: Row | undefined
  readonly observations: readonly Row[]
  readonly score: Row | undefined
}

function step(
  random: Random,
  trace: string,
  parent: string | null,
  from: number,
  to: number,
  more: Row,
): Row {
  return {
    id: hex(random, 16),
    traceId: trace,
    parentObservationId: parent,
    startTime: iso(from),
    endTime: more.type === 'EVENT' ? null : iso(to),
    level: 'DEFAULT',
    statusMessage: null,
    input: null,
    output: null,
    model: null,
    modelParameters: null,
    completionStartTime: null,
    inputUsage: 0,
    outputUsage: 0,
    totalCost: 0,
    ...more,
  }
}

function turn(random: Random, index: number, start: number): Sent {
  const id = hex(random, 32)
  const question = random.pick(QUESTIONS)
  const failed = random.chance(0.12)
  const answer = `Answer ${index}: ${question}${random.chance(0.05) ? ' word'.repeat(200) : ''}`
  const length = random.int(300, 9_000)
  const input = { messages: [{ role: 'user', content: question }] }
  const output = failed ? null : { role: 'assistant', content: answer }
  const root = step(random, id, null, start, start + length, { type: 'AGENT', name: 'agent', input, output })
  const parent = root.id as string
  const [tokensIn, tokensOut] = [random.int(20, 4000), random.int(5, 900)]
  const end = start + length
  const observations: Row[] = [
    root,
    step(random, id, parent, start + 20, start + 120, {
      type: 'RETRIEVER',
      name: 'retriever',
      input: { query: question, k: 3 },
      output: [{ id: 'doc1', score: 0.9 }],
    }),
    step(random, id, parent, start + 130, end - 20, {
      type: 'GENERATION',
      name: 'llm',
      level: failed ? 'ERROR' : 'DEFAULT',
      statusMessage: failed ? 'RateLimitError: 429 Too Many Requests' : null,
      model: random.pick(MODELS),
      modelParameters: { temperature: 0.2 },
      completionStartTime: iso(start + 200),
      input: [{ role: 'user', content: question }],
      output,
      ...(!failed && {
        inputUsage: tokensIn,
        outputUsage: tokensOut,
        totalCost: (tokensIn * 25 + tokensOut * 100) / 1e7,
      }),
    }),
  ]
  if (random.chance(0.4))
    observations.push(
      step(random, id, parent, start + 125, start + 129, {
        type: 'TOOL',
        name: random.pick(['search_orders', 'refund']),
        input: { q: question },
        output: { hits: 2 },
      }),
    )
  if (random.chance(0.3))
    observations.push(step(random, id, parent, end - 10, end, { type: 'EVENT', name: 'guardrail' }))
  return {
    id,
    start,
    name: random.pick(NAMES),
    session: `sess-${Math.floor(index / 5)}`,
    user: `user-${index % 23}`,
    tags: random.some(['prod', 'beta', 'chat'], random.int(1, 2)),
    environment: random.chance(0.7) ? 'production' : 'staging',
    version: random.pick(['v1', 'v2']),
    channel: random.pick(['web', 'phone']),
    input,
    output,
    data: random.chance(0.1)
      ? {
          participant_data: { plan: 'basic', notes: 'n'.repeat(300), visits: index },
          participant_data_diff: [['change', 'plan', ['basic', 'premium']]],
          session_data: { step: index },
        }
      : undefined,
    observations,
    score: random.chance(0.2)
      ? {
          id: hex(random, 32),
          name: 'user-feedback',
          value: random.int(0, 1),
          comment: random.chance(0.5) ? 'noted' : null,
        }
      : undefined,
  }
}

const MANY: Row = { createdAt: '', updatedAt: '' }

function rowsOf(sent: Sent): readonly Row[] {
  return sent.observations.map((one): Row => {
    const [tokensIn, tokensOut] = [one.inputUsage as number, one.outputUsage as number]
    const isRoot = one.parentObservationId === null
    return {
      ...MANY,
      ...one,
      createdAt: one.endTime ?? one.startTime,
      updatedAt: one.endTime ?? one.startTime,
      projectId: 'proj-local',
      // The newer API knows no null here.
      statusMessage: one.statusMessage ?? '',
      model: one.model ?? '',
      modelParameters: one.modelParameters ?? {},
      input: one.input === null ? null : JSON.stringify(one.input),
      output: one.output === null ? null : JSON.stringify(one.output),
      metadata: {
        'scope.name': 'chatbot',
        'resourceAttributes.service.name': sent.name.replace(' ', '-'),
        ...(isRoot && { 'attributes.turnscope.channel': sent.channel, ...sent.data }),
      },
      usageDetails: tokensIn > 0 ? { input: tokensIn, output: tokensOut, total: tokensIn + tokensOut } : {},
      totalUsage: tokensIn + tokensOut,
      costDetails: (one.totalCost as number) > 0 ? { total: one.totalCost } : {},
      version: sent.version,
      environment: sent.environment,
      userId: sent.user,
      sessionId: sent.session,
      isRootObservation: isRoot,
      traceName: sent.name,
      tags: sent.tags,
    }
  })
}

function traceOf(sent: Sent): Row {
  const { id, score } = sent
  const end = Math.max(...sent.observations.map((one) => Date.parse(String(one.endTime ?? one.startTime))))
  return {
    id,
    timestamp: iso(sent.start),
    createdAt: iso(end),
    updatedAt: iso(end),
    name: sent.name,
    userId: sent.user,
    sessionId: sent.session,
    tags: sent.tags,
    version: sent.version,
    release: null,
    environment: sent.environment,
    input: sent.input,
    output: sent.output,
    metadata: {
      resourceAttributes: { 'service.name': sent.name.replace(' ', '-') },
      attributes: { 'turnscope.channel': sent.channel },
      ...sent.data,
    },
    projectId: 'proj-local',
    htmlPath: `/project/proj-local/traces/${id}`,
    latency: (end - sent.start) / 1000,
    totalCost: sent.observations.reduce((sum, one) => sum + (one.totalCost as number), 0),
    observations: sent.observations.map((one) => ({
      ...one,
      createdAt: one.endTime ?? one.startTime,
      updatedAt: one.endTime ?? one.startTime,
      metadata: { resourceAttributes: { 'service.name': sent.name.replace(' ', '-') } },
      promptTokens: one.inputUsage,
      completionTokens: one.outputUsage,
      totalTokens: (one.inputUsage as number) + (one.outputUsage as number),
      calculatedTotalCost: (one.totalCost as number) > 0 ? one.totalCost : null,
    })),
    scores: score
      ? [
          {
            ...score,
            traceId: id,
            observationId: null,
            timestamp: iso(sent.start + 60_000),
            dataType: 'NUMERIC',
            stringValue: null,
          },
        ]
      : [],
  }
}

export interface Generated {
  readonly rows: readonly Row[]
  readonly newScores: readonly Row[]
  readonly traces: readonly Row[]
}

/** Turns before a moment (ms), some of which began in the same millisecond. Both APIs show the same ones. */
export function generateTraces(count: number, now: number, seed = 7): Generated {
  const random = new Random(seed)
  let start = now - 3_600_000
  const sent = Array.from({ length: count }, (_, index) => {
    if (!random.chance(0.05)) start -= random.int(1_000, 240_000)
    return turn(random, index, start)
  })
  return {
    rows: sent.flatMap(rowsOf),
    newScores: sent.flatMap(({ id, start: at, score }) =>
      score
        ? [{ ...score, timestamp: iso(at + 60_000), dataType: 'NUMERIC', subject: { kind: 'trace', id } }]
        : [],
    ),
    traces: sent.map(traceOf),
  }
}

/** A server of either kind over generated turns. */
export const heldAs = (dialect: 'v4' | 'legacy', { rows, newScores, traces }: Generated): Held =>
  dialect === 'v4'
    ? { version: '4.16.0', rows, newScores, takesLists: true }
    : { version: '3.100.0', traces, takesLists: false }
