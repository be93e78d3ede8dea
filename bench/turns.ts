import type { AttributeValue, Span } from '../src/domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../src/domain/model/units.ts'

/** The same from the same seed (mulberry32): figures of two runs are about the same turns. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const WORDS =
  'please could you tell me what the balance of my account is and when order number arrives because our invoice shows another amount than the contract says thank you for waiting I have checked it now transfer appointment tomorrow morning card blocked refund delivery address change password reset subscription cancel upgrade price offer store open hours nearest branch loan interest monthly rate payment failed twice again'.split(
    ' ',
  )
const BOTS = ['support', 'sales', 'bank-desk', 'travel', 'clinic', 'hr-helper', 'shop']
const MODELS = ['gpt-4o-mini', 'gpt-4o-2024-11-20', 'claude-sonnet', 'llama-3-70b', 'mistral-large']
const TOOLS = [
  'get_balance',
  'find_order',
  'book',
  'search_docs',
  'send_mail',
  'open_ticket',
  'weather',
  'refund',
]
const ENVIRONMENTS = ['production', 'production', 'production', 'staging']

export interface TurnsOptions {
  readonly turns: number
  /** End of the last turn, µs. */
  readonly end: number
  readonly days: number
  readonly seed?: number
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/** Four spans a turn (turn, generation, tool, generation), in order of time; a session holds four turns. */
export function* benchTurns({ turns, end, days, seed = 1 }: TurnsOptions): Generator<Span[]> {
  const random = randomOf(seed)
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value
  const sentence = (least: number, most: number) => {
    const words: string[] = []
    const length = least + Math.floor(random() * (most - least))
    for (let index = 0; index < length; index++) words.push(pick(WORDS))
    return words.join(' ')
  }
  const step = (days * 86_400e6) / turns
  const resources = BOTS.map((bot) => ({
    'service.name': bot,
    'service.version': '1.4.2',
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'opentelemetry',
    'deployment.environment.name': pick(ENVIRONMENTS),
  }))
  const scope = { name: 'bench', version: '1' }
  for (let turn = 0; turn < turns; turn++) {
    const start = Math.floor(end - (turns - turn) * step + random() * step * 0.9)
    const trace = traceId(hex(Math.floor(random() * 2 ** 52), 16) + hex(turn, 16))
    const session = Math.floor(turn / 1_000) * 250 + (turn % 250)
    const bot = session % BOTS.length
    const length = Math.floor(200_000 + random() ** 3 * 9e6)
    const failed = random() < 0.06
    const model = pick(MODELS)
    const tokens = Math.floor(200 + random() * 4_000)
    const made = (
      id: number,
      name: string,
      at: number,
      share: number,
      attributes: Record<string, AttributeValue>,
      parent?: number,
    ): Span => ({
      traceId: trace,
      spanId: spanId(hex(turn, 12) + hex(id, 4)),
      parentId: parent === undefined ? null : spanId(hex(turn, 12) + hex(parent, 4)),
      name,
      otelKind: parent === undefined ? 'server' : 'internal',
      startTime: micros(start + Math.floor(length * at)),
      duration: durationMicros(Math.floor(length * share)),
      status: failed && id === 3 ? { code: 'error', message: `${name} answered 503` } : { code: 'unset' },
      attributes,
      events: [],
      links: [],
      resource: resources[bot] as Span['resource'],
      scope,
    })
    const input = sentence(4, 30)
    const output = sentence(8, 60)
    const tool = pick(TOOLS)
    const generation = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': model,
      'gen_ai.response.model': model,
    }
    yield [
      made(
        1,
        `chat ${model}`,
        0.02,
        0.3,
        { ...generation, 'gen_ai.usage.input_tokens': tokens, 'gen_ai.usage.output_tokens': 40 },
        0,
      ),
      made(
        3,
        `execute_tool ${tool}`,
        0.35,
        0.2,
        {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
          'gen_ai.tool.call.arguments': `{"query":"${sentence(2, 8)}"}`,
        },
        0,
      ),
      made(
        2,
        `chat ${model}`,
        0.6,
        0.35,
        { ...generation, 'gen_ai.usage.input_tokens': tokens + 200, 'gen_ai.usage.output_tokens': 90 },
        0,
      ),
      made(0, `invoke_agent ${BOTS[bot]}`, 0, 1, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': BOTS[bot] ?? '',
        'gen_ai.conversation.id': `session-${session}`,
        'session.id': `session-${session}`,
        'user.id': `user-${session % 30_000}`,
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: input }] },
        ]),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: output }] },
        ]),
      }),
    ]
  }
}
