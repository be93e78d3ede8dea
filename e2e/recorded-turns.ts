import type { RunningGateway } from './gateway.ts'

/** A turn as a bot records it. */
export interface RecordedTurn {
  readonly traceId: string
  readonly startTime: number
  readonly duration: number
  readonly chatbot: { readonly name: string; readonly version?: string }
  readonly session: { readonly id: string }
  readonly participant?: { readonly id: string; readonly name?: string }
  readonly input: string
  readonly output?: string
  readonly status?: 'ok' | 'error'
  readonly error?: string
  readonly metrics?: { readonly totalTokens?: number | null }
  readonly participantData?: { readonly before: unknown; readonly after?: unknown }
  readonly feedback?: readonly { readonly name: string; readonly value?: string; readonly comment?: string }[]
}

export const BEGIN = Date.UTC(2026, 10, 20, 14) * 1000

/** The turn number `at` of a session, a minute after the one before. */
export const recordedTurn = (
  session: string,
  at: number,
  rest: Partial<RecordedTurn> = {},
): RecordedTurn => ({
  traceId: `${session}-${at}`,
  startTime: BEGIN + at * 60e6,
  duration: 400_000 + ((at * 7_919) % 3_000) * 1_000,
  chatbot: { name: 'Harbour', version: '2.1' },
  session: { id: session },
  participant: { id: 'p-noor', name: 'Noor' },
  input: `Question ${at + 1}: when is high tide?`,
  output: `Answer ${at + 1}: at **06:40** and 19:05.`,
  ...rest,
})

/** Records turns by the turn API, in several requests. Throws with the reply where one is not taken. */
export async function record(gateway: RunningGateway, turns: readonly RecordedTurn[]): Promise<void> {
  for (let at = 0; at < turns.length; at += 2_000) {
    const reply = await fetch(`${gateway.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(turns.slice(at, at + 2_000)),
    })
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`)
  }
}
