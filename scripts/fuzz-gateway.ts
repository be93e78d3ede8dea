// See fuzz-ingest.ts.
import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import { type FuzzedRequest, fuzzedRequest } from './fuzz-bodies.ts'
import { seeded } from './fuzz-mutations.ts'
import { fuzzedQuestion } from './fuzz-questions.ts'

export interface FuzzOptions {
  readonly address: string
  /** `host:port` of OTLP/gRPC. */
  readonly grpc: string
  readonly count: number
  readonly seed: number
  readonly progress?: (done: number) => void
}

export interface FuzzReport {
  /** One line for each request that was answered wrongly, with its number. */
  readonly failures: readonly string[]
  /** How often each answer came, by way. */
  readonly answers: ReadonlyMap<string, number>
  /** Right records that stood in a body that was taken, and how many of them were found again. */
  readonly markers: number
  readonly markersKept: number
  readonly slowestMs: number
}

const SENDERS = 4
const LONGEST_MS = 60_000
/** Of a hundred requests so many are questions. */
const QUESTIONS = 12
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
/** gRPC's codes for a fault of the server's. */
const GRPC_FAULTS: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15])

const asIs = (bytes: Buffer): Buffer => bytes

interface Answer {
  readonly name: string
  readonly text: string
  readonly isFault: boolean
  /** Whether the body was taken. */
  readonly isTaken: boolean
}

const overGrpc = (client: Client, body: Buffer): Promise<Answer> =>
  new Promise((resolve) => {
    client.makeUnaryRequest(
      EXPORT,
      asIs,
      asIs,
      body,
      { deadline: Date.now() + LONGEST_MS },
      (error: ServiceError | null) => {
        const code = error?.code ?? 0
        const isFault = GRPC_FAULTS.has(code)
        resolve({ name: `gRPC ${code}`, text: error?.details ?? '', isFault, isTaken: code === 0 })
      },
    )
  })

const overHttp = async (address: string, { path, headers, body }: FuzzedRequest): Promise<Answer> => {
  const reply = await fetch(address + path, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(LONGEST_MS),
  })
  const text = await reply.text()
  const isImport = path === '/api/v1/import' && reply.status === 200
  const last = isImport ? (text.trim().split('\n').at(-1) ?? '') : ''
  const outcome = isImport ? (JSON.parse(last) as { type: string; error?: { kind: string } }) : undefined
  const isFault =
    reply.status >= 500 || (isImport && outcome?.type !== 'done' && outcome?.error?.kind !== 'bad-request')
  return {
    name: `${path} ${reply.status}${outcome === undefined ? '' : ` ${outcome.type}`}`,
    text: isImport ? last : text,
    isFault,
    isTaken: reply.status === 200 && (!isImport || outcome?.type === 'done'),
  }
}

/** Sends so many requests; the same ones for a seed, in the same order for each of the senders. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { address, count, seed } = options
  const failures: string[] = []
  const answers = new Map<string, number>()
  let [done, markers, markersKept, slowestMs] = [0, 0, 0, 0]
  let cursor = ''
  const client = new Client(options.grpc, credentials.createInsecure())
  const read = async (path: string) => {
    const reply = await fetch(`${address}/api/v1/sources/local/${path}`, {
      signal: AbortSignal.timeout(LONGEST_MS),
    })
    return { status: reply.status, text: await reply.text() }
  }

  const ask = async (number: number): Promise<Answer> => {
    const path = fuzzedQuestion(seeded(seed * 1_000_003 + number), cursor)
    const { status, text } = await read(path)
    if (status === 200 && path.startsWith('traces?'))
      cursor = (JSON.parse(text) as { nextCursor?: string }).nextCursor ?? cursor
    return { name: `question ${status}`, text: `${path}: ${text}`, isFault: status >= 500, isTaken: false }
  }
  const send = async (number: number): Promise<Answer> => {
    const request = fuzzedRequest(seeded(seed * 1_000_003 + number))
    const answer =
      request.way === 'grpc' ? await overGrpc(client, request.body) : await overHttp(address, request)
    if (request.marker === undefined) return answer
    if (request.isWhole && !answer.isTaken)
      return { ...answer, isFault: true, text: `not taken: ${answer.text}` }
    if (!answer.isTaken) return answer
    markers += 1
    const found = await read(`traces/${request.marker}`)
    if (found.status === 200) markersKept += 1
    return found.status === 200
      ? answer
      : { ...answer, isFault: true, text: `the right record is not there: ${answer.text}` }
  }

  const work = async (first: number): Promise<void> => {
    for (let number = first; number < count; number += SENDERS) {
      const began = performance.now()
      let answer: Answer
      try {
        answer = number % 100 < QUESTIONS ? await ask(number) : await send(number)
      } catch (error) {
        answer = { name: 'no answer', text: String(error), isFault: true, isTaken: false }
      }
      slowestMs = Math.max(slowestMs, performance.now() - began)
      answers.set(answer.name, (answers.get(answer.name) ?? 0) + 1)
      if (answer.isFault) failures.push(`request ${number}: ${answer.name}: ${answer.text.slice(0, 300)}`)
      done += 1
      options.progress?.(done)
    }
  }
  try {
    await Promise.all(Array.from({ length: SENDERS }, (_, index) => work(index)))
    const health = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(LONGEST_MS) })
    if (!health.ok) failures.push(`afterwards /healthz answers ${health.status}`)
  } finally {
    client.close()
  }
  return { failures, answers, markers, markersKept, slowestMs }
}
