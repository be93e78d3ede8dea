import { type Figure, quantile } from './figures.ts'

const ROUNDS = 20

interface Question {
  readonly what: string
  readonly budget: number
  /** Paths to ask for, one after the other, round and round. */
  readonly paths: readonly string[]
}

const list = (parameters: string): string => `traces?limit=50${parameters === '' ? '' : `&${parameters}`}`

/** Fields whose values are asked for, so that filters find something whatever the store holds. */
const SUGGESTED = [
  'version',
  'environment',
  'channel',
  'tag',
  'model',
  'tool',
  'flow',
  'spanName',
  'service',
  'changed',
  'feedback',
] as const
type Suggested = (typeof SUGGESTED)[number]

interface Values {
  readonly suggested: Readonly<Record<Suggested, readonly string[]>>
  readonly chatbots: readonly string[]
  readonly sessions: readonly string[]
  readonly participants: readonly string[]
  readonly ids: readonly string[]
  readonly words: readonly string[]
  readonly middle: string
  readonly cursors: readonly string[]
}

const each = (values: readonly string[], path: (value: string) => string): readonly string[] =>
  (values.length === 0 ? ['none'] : values).map((value) => path(encodeURIComponent(value)))

const questions = (values: Values): readonly Question[] => [
  { what: 'first page', budget: 50, paths: [list('')] },
  { what: 'next page', budget: 50, paths: each(values.cursors, (cursor) => list(`cursor=${cursor}`)) },
  { what: 'page in mid-time', budget: 50, paths: [list(`to=${encodeURIComponent(values.middle)}`)] },
  { what: 'one chatbot', budget: 50, paths: each(values.chatbots, (value) => list(`chatbot=${value}`)) },
  { what: 'session', budget: 50, paths: each(values.sessions, (value) => list(`session=${value}`)) },
  {
    what: 'participant contains',
    budget: 50,
    paths: each(values.participants, (value) => list(`participant.contains=${value.slice(0, 4)}`)),
  },
  { what: 'participant contains, none', budget: 50, paths: [list('participant.contains=zzqqxx')] },
  { what: 'status error', budget: 50, paths: [list('status=error')] },
  { what: 'trace id', budget: 50, paths: each(values.ids, (value) => list(`traceId=${value}`)) },
  {
    what: 'error contains',
    budget: 50,
    paths: [list('error.contains=timed%20out'), list('error.contains=zzq')],
  },
  { what: 'tokens and duration', budget: 50, paths: [list('tokens.min=3000&duration.min=2000')] },
  { what: 'score', budget: 50, paths: [list('score.min=1')] },
  { what: 'cost', budget: 50, paths: [list('cost.min=0.01'), list('cost.max=0.0005')] },
  { what: 'LLM turns, tool calls', budget: 50, paths: [list('llmTurns.min=2'), list('toolCalls=0')] },
  { what: 'kind', budget: 50, paths: [list('kind=any'), list('kind=call')] },
  ...SUGGESTED.map((field) => ({
    what: field,
    budget: 50,
    paths: [
      ...each(values.suggested[field], (value) => list(`${field}=${value}`)),
      ...each(values.suggested[field].slice(0, 1), (value) => list(`${field}.not=${value}`)),
      list(`${field}=no-such-value`),
    ],
  })),
  {
    what: 'two chatbots, duration, tokens',
    budget: 50,
    paths: [
      list(
        `${values.chatbots
          .slice(0, 2)
          .map((bot) => `chatbot=${encodeURIComponent(bot)}`)
          .join('&')}&duration.min=1500&tokens.min=800`,
      ),
    ],
  },
  { what: 'count of all', budget: 50, paths: ['traces/count'] },
  { what: 'count of a filter', budget: 50, paths: ['traces/count?status=error'] },
  { what: 'histogram', budget: 100, paths: ['traces/histogram', 'traces/histogram?status=error'] },
  { what: 'sort by duration', budget: 100, paths: [list('sort=-duration'), list('sort=duration')] },
  { what: 'sort by tokens', budget: 100, paths: [list('sort=-tokens'), list('sort=tokens')] },
  { what: 'sort by cost', budget: 100, paths: [list('sort=-cost'), list('sort=cost')] },
  { what: 'sort by oldest', budget: 100, paths: [list('sort=startTime')] },
  { what: 'free text, some', budget: 200, paths: each(values.words, (word) => list(`q=${word}`)) },
  { what: 'free text, none', budget: 200, paths: [list('q=zzqqxxyy')] },
  { what: 'chatbots', budget: 100, paths: ['chatbots'] },
  { what: 'sessions', budget: 100, paths: ['sessions?limit=50'] },
  { what: 'suggest participant', budget: 100, paths: ['suggest/participant?prefix=an'] },
  { what: 'one trace', budget: 50, paths: each(values.ids, (value) => `traces/${value}`) },
  { what: 'its spans', budget: 50, paths: each(values.ids, (value) => `traces/${value}/spans`) },
]

interface Listed {
  readonly items: readonly {
    readonly traceId: string
    readonly session?: { readonly id: string }
    readonly participant?: { readonly id: string }
    readonly input?: string
    readonly startTime: number
  }[]
  readonly nextCursor?: string
}

const distinct = (values: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(values.flatMap((value) => value ?? [])),
]

async function valuesOf(base: string): Promise<Values> {
  const get = async (path: string): Promise<Listed> =>
    (await fetch(`${base}/${path}`)).json() as Promise<Listed>
  const bots = (await (await fetch(`${base}/chatbots`)).json()) as { items: readonly { name: string }[] }
  const suggested = {} as Record<Suggested, readonly string[]>
  for (const field of SUGGESTED) {
    const found = (await (await fetch(`${base}/suggest/${field}`)).json()) as { value: string }[]
    suggested[field] = found.slice(0, 5).map(({ value }) => value)
  }
  const oldest = await get(list('sort=startTime'))
  const newest = await get(list(''))
  const first = oldest.items[0]?.startTime ?? 0
  const last = newest.items[0]?.startTime ?? 0
  const middle = new Date((first + (last - first) * 0.6) / 1000).toISOString()
  const mid = await get(list(`to=${encodeURIComponent(middle)}`))
  const items = [...mid.items, ...newest.items, ...oldest.items]
  return {
    suggested,
    chatbots: bots.items.map(({ name }) => name),
    sessions: distinct(items.map(({ session }) => session?.id)).slice(0, 20),
    participants: distinct(items.map(({ participant }) => participant?.id)).slice(0, 20),
    ids: items.map(({ traceId }) => traceId).slice(0, 60),
    words: distinct(items.map(({ input }) => input?.split(/\s+/).find((word) => word.length > 4))).slice(
      0,
      12,
    ),
    middle,
    cursors: distinct([mid.nextCursor === undefined ? undefined : newest.nextCursor]),
  }
}

/** How long the read API takes, question by question; p95 of each, in ms, connection and body included. */
export async function apiLatency(address: string, source = 'local'): Promise<readonly Figure[]> {
  const base = `${address}/api/v1/sources/${source}`
  const figures: Figure[] = []
  for (const { what, budget, paths } of questions(await valuesOf(base))) {
    const times: number[] = []
    for (let round = -2; round < ROUNDS; round++) {
      const path = paths[(round + 2) % paths.length] as string
      const began = performance.now()
      const reply = await fetch(`${base}/${path}`)
      await reply.arrayBuffer()
      if (!reply.ok) throw new Error(`${path}: ${reply.status}`)
      if (round >= 0) times.push(performance.now() - began)
    }
    figures.push({
      what: `${what}, p95`,
      value: quantile(times, 0.95),
      unit: 'ms',
      budget: { most: budget },
      note: `median ${Math.round(quantile(times, 0.5))} ms`,
    })
  }
  return figures
}
