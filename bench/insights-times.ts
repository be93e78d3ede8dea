import { type Figure, quantile } from './figures.ts'

const ROUNDS = 15
const OF_TURNS_MS = 100
const OF_SPANS_MS = 300
const WAIT_MS = 2_000
const KINDS = 'kind=turn&kind=call'

/** Each panel's questions, as its page asks them; `spans` = it is about spans. */
const PANELS: readonly (readonly [name: string, of: 'turns' | 'spans', questions: readonly string[]])[] = [
  [
    'key figures',
    'turns',
    [
      'measure=count',
      'measure=errorRate',
      'measure=errors',
      'measure=p50&of=duration',
      'measure=p95&of=duration',
      'measure=sum&of=totalTokens',
      'measure=sum&of=cost',
    ],
  ],
  ['where the time goes', 'spans', ['measure=sum&of=selfTime&by=part']],
  ['where it goes in the slowest', 'spans', ['measure=sum&of=selfTime&by=part&duration.min=3000']],
  ['slow turns', 'turns', ['measure=p50&of=duration&over=day', 'measure=p95&of=duration&over=day']],
  [
    'flows',
    'turns',
    [
      'measure=p95&of=duration&by=flow&top=13',
      'measure=p50&of=duration&by=flow&top=1000',
      'measure=count&by=flow&top=1000',
      'measure=errors&by=flow&top=1000',
    ],
  ],
  [
    'models',
    'spans',
    [
      'measure=count&by=model,call&top=12',
      'measure=errors&by=model,call&top=1000',
      'measure=p50&of=spanDuration&by=model,call&top=1000',
      'measure=p95&of=spanDuration&by=model,call&top=1000',
      'measure=sum&of=inputTokens&by=model&top=1000',
      'measure=sum&of=outputTokens&by=model&top=1000',
      'measure=sum&of=cost&by=model&top=1000',
    ],
  ],
  [
    'custom actions',
    'spans',
    [
      'measure=count&by=tool,call&top=12',
      'measure=p95&of=spanDuration&by=tool,call&top=1000',
      'measure=sum&of=selfTime&by=withinTool,part&top=1000',
    ],
  ],
  [
    'vector stores',
    'spans',
    [
      'measure=count&by=vectorStore&top=12',
      'measure=p95&of=spanDuration&by=vectorStore&top=1000',
      'measure=mean&of=documents&by=vectorStore&top=1000',
    ],
  ],
  ['tokens and cost', 'turns', ['measure=sum&of=totalTokens&by=chatbot', 'measure=sum&of=cost&by=chatbot']],
  ['errors', 'turns', ['measure=errors&by=error&top=10']],
]

async function ask(address: string, question: string): Promise<{ readonly complete: boolean }> {
  const reply = await fetch(`${address}/api/v1/sources/local/aggregate?${question}&${KINDS}`)
  if (!reply.ok) throw new Error(`${question}: ${reply.status} ${await reply.text()}`)
  return (await reply.json()) as { readonly complete: boolean }
}

/** Columns of spans are written behind them: until they are there, answers are of fewer. */
async function untilComplete(address: string): Promise<void> {
  while (!(await ask(address, 'measure=count&by=spanKind')).complete)
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
}

async function timesOf(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  await work()
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return times
}

/** What the panels of the insights page take over HTTP: the slowest question of each, and all of them at once. */
export async function insightsTimes(address: string): Promise<readonly Figure[]> {
  await untilComplete(address)
  const figures: Figure[] = []
  for (const [name, of, questions] of PANELS) {
    const most = of === 'turns' ? OF_TURNS_MS : OF_SPANS_MS
    let slowest = { value: 0, question: '' }
    for (const question of questions) {
      const value = quantile(await timesOf(() => ask(address, question)), 0.95)
      if (value >= slowest.value) slowest = { value, question }
    }
    const whole = await timesOf(() => Promise.all(questions.map((question) => ask(address, question))))
    const note = `${slowest.question}; all ${questions.length} at once ${quantile(whole, 0.95).toFixed(0)} ms`
    figures.push({ what: name, value: slowest.value, unit: 'ms', budget: { most }, note })
  }
  return figures
}
