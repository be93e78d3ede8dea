import type { Failure, Line, LlmStep, Model, RetrievalStep, Step, ToolPlan } from './exchange.ts'
import type { Random } from './random.ts'

/** What can go wrong in a turn. The two `retried` ones are recovered: the turn is fine. */
export type Mishap = 'tool-timeout' | 'tool-retried' | 'model-limit' | 'model-retried' | 'pipeline'

export interface PlanContext {
  readonly random: Random
  readonly line: Line
  readonly model: Model
  /** Tokens of the system prompt and the tool definitions. */
  readonly basis: number
  /** Characters said in this session before. */
  readonly said: number
  readonly mishaps: readonly (readonly [Mishap | 'none', number])[]
}

const TOKENS_PER_CHARACTER = 0.27
const tokensOf = (text: string): number => Math.max(3, Math.ceil(text.length * TOKENS_PER_CHARACTER))

const timeout = (tool: ToolPlan): Failure => ({
  type: 'requests.exceptions.ReadTimeout',
  message: `HTTPSConnectionPool(host='${tool.host}', port=443): Read timed out. (read timeout=3)`,
  stack: [
    'Traceback (most recent call last):',
    `  File "/app/actions/${tool.name}.py", line 48, in run`,
    `    reply = session.post("https://${tool.host}/v2/${tool.name}", json=payload, timeout=3)`,
    '  File "/app/venv/lib/requests/adapters.py", line 713, in send',
    '    raise ReadTimeout(error, request=request)',
    `requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='${tool.host}', port=443): Read timed out. (read timeout=3)`,
    '',
  ].join('\n'),
})

const limit = (model: Model, random: Random): Failure => ({
  type: model.provider === 'anthropic' ? 'anthropic.RateLimitError' : 'openai.RateLimitError',
  message: `Error code: 429 - Rate limit reached for ${model.requested}: ${random.int(28, 30)}k tokens a minute used, retry after ${random.int(2, 24)} s`,
})

const NODES = ['Lookup', 'Route by county', 'Eligibility check', 'Compose reply'] as const

const retrievalStep = (context: PlanContext): readonly RetrievalStep[] => {
  const { line, random } = context
  if (line.retrieval === undefined) return []
  return [
    {
      kind: 'retrieval',
      retrieval: line.retrieval,
      embeddingTokens: tokensOf(line.retrieval.query),
      seconds: random.skewed(0.03, 0.5),
    },
  ]
}

const llm = (
  context: PlanContext,
  rest: Pick<LlmStep, 'purpose' | 'text' | 'calls' | 'fails'>,
  extra: number,
): LlmStep => {
  const { random, basis, said, line } = context
  const input = basis + extra + Math.ceil(said * TOKENS_PER_CHARACTER) + tokensOf(line.user)
  const output = rest.text === undefined ? random.int(14, 46) : tokensOf(rest.text) + random.int(0, 6)
  return {
    kind: 'llm',
    ...rest,
    inputTokens: input,
    cachedTokens: random.chance(0.6) ? Math.floor(basis / 128) * 128 : 0,
    outputTokens: output,
    seconds: 0.28 + output * random.skewed(0.006, 0.03) + random.skewed(0, 1.8),
  }
}

/** The steps of one turn and the answer it ends with; null where it fails before one. */
export const planTurn = (context: PlanContext): { steps: readonly Step[]; bot: string | null } => {
  const { random, line, model } = context
  const tools = line.tools ?? []
  const drawn = random.weighted(context.mishaps)
  const mishap = tools.length === 0 && drawn.startsWith('tool') ? 'none' : drawn

  if (mishap === 'pipeline') {
    const node = random.pick(NODES)
    const message = `node “${node}” got no participant id`
    return {
      steps: [{ kind: 'pipeline', node, fails: { type: 'pipelines.exceptions.PipelineError', message } }],
      bot: null,
    }
  }
  const retrieval = retrievalStep(context)
  const context_tokens = retrieval.reduce(
    (sum, step) =>
      sum + step.retrieval.documents.reduce((total, document) => total + tokensOf(document.content), 0),
    0,
  )
  const first: LlmStep =
    tools.length > 0
      ? llm(context, { purpose: 'plan', calls: tools }, context_tokens)
      : llm(context, { purpose: 'answer', text: line.bot }, context_tokens)
  if (mishap === 'model-limit') {
    return { steps: [...retrieval, failed(first, limit(model, random))], bot: null }
  }
  const steps: Step[] = [...retrieval]
  if (mishap === 'model-retried') steps.push(failed(first, limit(model, random)))
  steps.push(first)
  if (tools.length === 0) return { steps, bot: line.bot }

  for (const tool of tools) {
    const callId = `call_${random.hex(20)}`
    const seconds = tool.seconds * random.between(0.7, 1.8)
    if (mishap === 'tool-timeout')
      steps.push({ kind: 'tool', tool, callId, seconds: 3.0 + random.skewed(0, 0.1), fails: timeout(tool) })
    else {
      if (mishap === 'tool-retried')
        steps.push({ kind: 'tool', tool, callId, seconds: 3.0 + random.skewed(0, 0.1), fails: timeout(tool) })
      steps.push({ kind: 'tool', tool, callId, seconds })
    }
  }
  const bot =
    mishap === 'tool-timeout'
      ? random.pick([
          'I am sorry, that did not work: the service gave no answer. Nothing was changed. Please try again in a few minutes.',
          'Something on our side took too long, so I stopped. You can ask me again, or I connect you with a colleague.',
        ])
      : line.bot
  steps.push(llm(context, { purpose: 'answer', text: bot }, context_tokens + random.int(40, 220)))
  return { steps, bot }
}

const failed = (step: LlmStep, fails: Failure): LlmStep => {
  const { text: _text, calls: _calls, ...rest } = step
  return { ...rest, outputTokens: 0, seconds: 0.19, fails }
}
