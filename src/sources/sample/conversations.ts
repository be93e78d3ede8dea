import type { Span } from '../../domain/model/span.ts'
import { type Micros, micros, microsFromMillis } from '../../domain/model/units.ts'
import { CHATBOTS, type Chatbot, MODEL_FILES, UNDER_WAY } from './chatbots.ts'
import type { Caller, Data, Line, Turn } from './exchange.ts'
import { fullName } from './people.ts'
import { planTurn } from './plan-turn.ts'
import { Random } from './random.ts'
import { phoneCall } from './scripts/phone.ts'
import { dayTime } from './time-of-day.ts'
import { housekeepingTrace, trainingTrace } from './upkeep-traces.ts'
import { voiceCallTrace } from './voice-call-trace.ts'

export interface GeneratedTrace {
  /** Children before parents, as exporters send them. */
  readonly spans: readonly Span[]
  /** When the last of them arrived. */
  readonly arrival: Micros
  /** What the trace was written from, where it is a turn. */
  readonly turn?: Turn
}

export interface ConversationOptions {
  readonly seed?: number
  /** Turns and calls; traces of training and housekeeping come on top. */
  readonly turns: number
  /** Milliseconds since the epoch at which it all ends. */
  readonly now: number
  /** Days that the turns are spread over. */
  readonly days?: number
}

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

const SESSION_LENGTHS: readonly (readonly [range: readonly [low: number, high: number], weight: number])[] = [
  [[1, 1], 3],
  [[2, 4], 5],
  [[5, 9], 4],
  [[10, 20], 1.4],
]

interface Person {
  readonly id: string
  readonly name: string
  readonly language: string
  data: Data
}

interface Scheduled {
  readonly start: number
  readonly write: () => GeneratedTrace
}

const TRIES = 6

/** Lines of as many scripts as the session is long; nobody is told the same twice. */
const linesOf = (chatbot: Chatbot, caller: Caller, length: number): readonly Line[] => {
  const lines: Line[] = []
  const told = new Set<string>()
  const play = (): readonly Line[] => {
    let found: readonly Line[] = []
    for (let attempt = 0; attempt < TRIES; attempt++) {
      found = caller.random.weighted(chatbot.scripts)(caller)
      if (!found.some(({ bot }) => told.has(bot))) break
    }
    return found
  }
  while (lines.length < length) {
    const left = length - lines.length
    const next = left === 1 && lines.length > 0 ? chatbot.closing(caller).slice(0, 1) : play().slice(0, left)
    for (const { bot } of next) told.add(bot)
    lines.push(...next)
  }
  return lines
}

const secondsOf = (turn: Turn): number =>
  0.05 + turn.steps.reduce((sum, step) => sum + ('seconds' in step ? step.seconds : 0.3), 0)

const arrivalOf = (spans: readonly Span[]): Micros =>
  micros(spans.reduce((latest, span) => Math.max(latest, span.startTime + (span.duration ?? 0)), 0))

/** Plans whole sessions, one after the other; holds who has written before and what is known of them. */
class SessionPlanner {
  private readonly people = new Map<string, Person[]>()
  private readonly random: Random
  private readonly poolSize: number

  constructor(random: Random, turns: number) {
    this.random = random
    this.poolSize = Math.min(4000, Math.max(12, Math.round(turns / 14)))
  }

  private person(chatbot: Chatbot): Person {
    const { random } = this
    const pool = this.people.get(chatbot.name) ?? []
    this.people.set(chatbot.name, pool)
    if (pool.length > 2 && (pool.length >= this.poolSize || random.chance(0.35))) return random.pick(pool)
    const language = random.weighted(chatbot.languages)
    const name = fullName(random, language)
    const person = {
      id: chatbot.participantId(random),
      name,
      language,
      data: chatbot.firstData(random, name),
    }
    pool.push(person)
    return person
  }

  /** The turns of one session from `start` on; `share` says how far the whole stretch has come, 0 to 1. */
  plan(chatbot: Chatbot, start: number, length: number, share: number): readonly Turn[] {
    const { random } = this
    const person = this.person(chatbot)
    const version = chatbot.versions.findLast((candidate) => candidate.since <= share) ?? chatbot.versions[0]
    const deployment = {
      chatbot: chatbot.name,
      version: version.name,
      environment: random.chance(0.88) ? 'production' : 'staging',
      channel: random.weighted(chatbot.channels),
      model: version.model,
      system: chatbot.system,
    }
    const session = `${chatbot.sessionPrefix}${random.hex(8)}`
    const caller: Caller = {
      random,
      id: person.id,
      name: person.name,
      language: person.language,
      data: person.data,
    }
    const sessionData: Data = {
      opened_at: new Date(Math.floor(start / 1000)).toISOString(),
      locale: person.language,
      experiment: random.pick(['control', 'short-answers', 'control']),
    }
    const turns: Turn[] = []
    let clock = start
    let said = 0
    for (const [index, line] of linesOf(chatbot, caller, length).entries()) {
      const { steps, bot } = planTurn({
        random,
        line,
        model: deployment.model,
        basis: chatbot.basis,
        said,
        mishaps: chatbot.mishaps,
      })
      const before = person.data
      if (line.patch !== undefined && bot === line.bot) person.data = line.patch(before)
      const turn: Turn = {
        deployment,
        session,
        participant: { id: person.id, name: person.name },
        language: person.language,
        start: clock,
        index,
        line,
        bot,
        steps,
        history: turns.slice(-4).map((earlier) => ({ user: earlier.line.user, bot: earlier.bot })),
        before,
        after: person.data,
        sessionData,
        tags: [...(line.tags ?? []), ...(deployment.environment === 'staging' ? ['test'] : [])],
      }
      turns.push(turn)
      said = Math.min(4000, said + line.user.length + (bot?.length ?? 0))
      clock += (secondsOf(turn) + 2 + random.skewed(2, 140)) * SECOND
    }
    return turns
  }
}

const written = (spans: readonly Span[], turn?: Turn): GeneratedTrace =>
  turn === undefined ? { spans, arrival: arrivalOf(spans) } : { spans, arrival: arrivalOf(spans), turn }

/** A turn whose root has not come yet: what a process has sent in the middle of its work. */
const underWay = (turn: Turn, random: Random): GeneratedTrace => {
  const spans = UNDER_WAY.write(turn, random)
  const root = spans.find((span) => span.parentId === null)
  const first = spans.find((span) => span !== root)
  return written(first === undefined ? spans : [first])
}

/**
 * A believable assistant's traces, in order of time (but for the last hour, where sessions are fitted before
 * `now`): the same seed, size and time give the same spans on every machine. Holds no more than the sessions
 * that run at the same time, so that millions can be generated.
 */
export function* generateConversations(options: ConversationOptions): Generator<GeneratedTrace> {
  const seed = options.seed ?? 20
  const random = new Random(seed, 1)
  const end = microsFromMillis(options.now)
  const days = options.days ?? Math.min(30, Math.max(2, Math.ceil(options.turns / 70)))
  const begin = end - days * DAY
  const planner = new SessionPlanner(random, options.turns)
  const calls = options.turns < 40 ? 0 : Math.max(1, Math.floor(options.turns / 400))
  const pending = options.turns > 1 ? 1 : 0
  const planned = options.turns - calls - pending
  const at = dayTime(begin, days)

  const waiting: Scheduled[] = []
  const schedule = (start: number, write: () => GeneratedTrace) => {
    let index = waiting.length
    while (index > 0 && (waiting[index - 1] as Scheduled).start > start) index--
    waiting.splice(index, 0, { start, write })
  }
  let stream = 1
  const fork = () => new Random(seed, ++stream)
  const latest = end - 40 * SECOND

  const scheduleSession = (done: number): number => {
    const [low, high] = random.weighted(SESSION_LENGTHS)
    const length = Math.min(random.int(low, high), planned - done)
    const share = done / Math.max(1, planned)
    const chatbot = random.weighted(CHATBOTS.map((bot) => [bot, bot.weight] as const))
    const turns = planner.plan(chatbot, at(share), length, share)
    const last = turns.at(-1)
    const late = last === undefined ? 0 : Math.max(0, last.start + secondsOf(last) * SECOND - latest)
    for (const turn of turns) {
      const moved = late === 0 ? turn : { ...turn, start: turn.start - late }
      const own = fork()
      schedule(moved.start, () => written(chatbot.write(moved, own), moved))
    }
    return length
  }

  const scheduleUpkeep = (share: number) => {
    const own = fork()
    const start = Math.min(at(share) + random.int(1, 900) * SECOND, latest)
    if (random.chance(0.04)) schedule(start, () => written(trainingTrace(start, MODEL_FILES['12'], own)))
    else schedule(start, () => written(housekeepingTrace(start, own.int(3, 120), own)))
  }

  let done = 0
  let called = 0
  let sessions = 0
  while (done < planned) {
    const share = done / planned
    if (called < calls && share >= (called + 0.5) / calls) {
      const own = fork()
      const start = at(share) + 5 * SECOND
      schedule(start, () => written(voiceCallTrace(phoneCall(own, start), own)))
      called++
    }
    const horizon = at(share)
    while ((waiting[0]?.start ?? Number.POSITIVE_INFINITY) < horizon)
      yield (waiting.shift() as Scheduled).write()
    done += scheduleSession(done)
    if (sessions === 2) {
      const own = fork()
      const start = at(share) + 300 * SECOND
      schedule(start, () => written(trainingTrace(start, MODEL_FILES['12'], own)))
    }
    if (sessions % 6 === 3) scheduleUpkeep(share)
    sessions++
  }
  for (const item of waiting) yield item.write()
  const turn = pending === 1 ? planner.plan(UNDER_WAY, end - 2.6 * SECOND, 1, 1)[0] : undefined
  if (turn !== undefined) yield underWay(turn, fork())
}
