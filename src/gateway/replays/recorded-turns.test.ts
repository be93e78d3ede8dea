import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import recorded from '../../domain/fixtures/open-chat-studio/participant-data-changes.json' with {
  type: 'json',
}
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await openReplayGateway()
})
afterAll(() => gateway.close())

const START = '2026-05-20T12:00:00Z'
const turn = (traceId: string, more: object = {}) => ({
  traceId,
  startTime: START,
  endTime: '2026-05-20T12:00:01.500Z',
  chatbot: { name: 'Transfers', version: '12' },
  session: { id: 's-1' },
  input: 'hello',
  output: 'hi there',
  ...more,
})
const post = async (path: string, body: unknown) => {
  const reply = await fetch(`${gateway.address}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: reply.status, body: await reply.json() }
}
const list = async (query: string) =>
  (await gateway.read<{ items: readonly TraceSummary[] }>(`traces?${query}`)).items
const get = (id: string) => gateway.read<Trace>(`traces/${id}`)

const TRACE = '5b8efff798038103d269b633813fc60c'
const spans = (traceId: string) =>
  gateway.send(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bot-service' } }] },
          scopeSpans: [
            {
              spans: ['00f067aa0ba902b7', '00f067aa0ba902b8'].map((spanId, index) => ({
                traceId,
                spanId,
                ...(index > 0 && { parentSpanId: '00f067aa0ba902b7' }),
                name: `step ${index}`,
                startTimeUnixNano: '1779278400100000000',
                endTimeUnixNano: '1779278400200000000',
                status: { code: index > 0 ? 2 : 0, message: 'a step failed' },
              })),
            },
          ],
        },
      ],
    }),
    { contentType: 'application/json' },
  )

describe('a turn that a bot recorded', () => {
  it('stands in the list, on its page and in the export', async () => {
    const answer = await post(
      'turns',
      turn('whole', {
        session: { id: 's-whole' },
        participant: { id: 'ana', name: 'Ana' },
        participantData: { before: { tier: 'free' }, changes: [['change', 'tier', ['free', 'pro']]] },
        sessionData: { step: 1 },
        metrics: { llmTurns: 2, inputTokens: 80, outputTokens: 20, cost: null },
        feedback: [{ name: 'thumbs', value: 'up' }],
        tags: ['vip'],
      }),
    )
    expect(answer).toEqual({ status: 200, body: { traceId: 'whole' } })
    const [row] = await list('session=s-whole&changed=tier&feedback=up&tag=vip&participant=ana')
    expect(row).toMatchObject({ traceId: 'whole', duration: 1_500_000, status: 'ok', output: 'hi there' })
    expect(await get('whole')).toMatchObject({
      participantData: { before: { tier: 'free' }, after: { tier: 'pro' } },
      sessionData: { step: 1 },
      metrics: { llmTurns: 2, inputTokens: 80, outputTokens: 20, totalTokens: 100, cost: null },
      spans: null,
    })
    const csv = await (
      await fetch(`${gateway.address}/api/v1/sources/local/traces.csv?session=s-whole`)
    ).text()
    const [, input = '', output = ''] = csv.split('\r\n')
    expect(input).toMatch(/^whole,2026-05-20T12:00:00Z,input,hello,Transfers,12,s-whole,ana,Ana,ok/)
    expect(input).toContain('"{""tier"":""free""}"')
    expect(output).toMatch(/^whole,2026-05-20T12:00:01\.5(00)?Z,ai,hi there,/)
    expect(output).toContain('"{""tier"":""pro""}"')
  })

  it('posted again changes nothing; changed it is replaced', async () => {
    await post('turns', turn('again', { session: { id: 's-again' }, output: undefined, endTime: undefined }))
    expect(await list('session=s-again')).toMatchObject([{ status: 'pending' }])
    for (let times = 0; times < 2; times++) await post('turns', turn('again', { session: { id: 's-again' } }))
    expect(await list('session=s-again')).toMatchObject([{ status: 'ok', output: 'hi there' }])
  })

  it('is taken from a list though others in it are wrong', async () => {
    const { status, body } = await post('turns', [
      turn('part-1', { session: { id: 's-part' } }),
      turn('part-2', { session: { id: 's-part' }, startTime: 'yesterday' }),
      turn('part-3', { session: { id: 's-part' } }),
    ])
    expect(status).toBe(200)
    expect(body).toMatchObject({
      accepted: 2,
      rejected: 1,
      items: [{ traceId: 'part-1' }, { error: { kind: 'bad-request' } }, { traceId: 'part-3' }],
    })
    expect((await list('session=s-part')).map(({ traceId }) => traceId)).toEqual(['part-3', 'part-1'])
  })

  it('points to its provider, with a link', async () => {
    const provider = { source: 'langfuse', traceId: 'abc', url: 'https://langfuse.example/trace/abc' }
    const withSecrets = { ...provider, url: 'https://me:secret@langfuse.example/trace/abc?token=secret' }
    await post('turns', turn('provided', { provider: withSecrets }))
    expect(await get('provided')).toMatchObject({
      spans: { source: 'langfuse', traceId: 'abc' },
      externalUrl: provider.url,
    })
  })
})

describe('spans of a recorded turn', () => {
  it.each([
    ['before', ['spans', 'turn']],
    ['after', ['turn', 'spans']],
  ])('sent %s it become its span tree', async (when, order) => {
    const id = TRACE.slice(0, -1) + (when === 'before' ? '1' : '2')
    const session = `s-${when}`
    for (const what of order) {
      if (what === 'spans') await spans(id)
      else await post('turns', turn(id, { session: { id: session } }))
    }
    const trace = await get(id)
    expect(trace).toMatchObject({
      input: 'hello',
      status: 'ok',
      chatbot: { name: 'Transfers' },
      session: { id: session },
      services: ['bot-service'],
      spanCount: 2,
      spans: { source: 'local', traceId: id },
    })
    expect(trace.rootCause).toBeUndefined()
    expect(await list(`session=${session}&spanName=step 1`)).toHaveLength(1)
    expect(JSON.stringify(await gateway.read(`traces/${id}/spans`))).toContain('00f067aa0ba902b8')
  })
})

it('feedback of an event joins the turn that it names', async () => {
  await post('turns', turn('rated', { session: { id: 's-rated' } }))
  await post('events', {
    type: 'FEEDBACK',
    task: 'rating',
    conversation_id: 's-rated',
    interaction_id: 'rated',
    feedback_tag: 'THUMBS_DOWN',
    feedback_text: 'wrong account',
    start_timestamp: '2026-05-20T12:05:00Z',
  })
  const [row] = await list('feedback=THUMBS_DOWN')
  expect(row).toMatchObject({ traceId: 'rated', input: 'hello', duration: 1_500_000 })
})

describe('changes as Open Chat Studio records them', () => {
  beforeAll(async () => {
    const turns = recorded.cases.map(({ before, changes }, index) =>
      turn(`ocs-${index}`, { session: { id: 's-ocs' }, participantData: { before, changes } }),
    )
    expect((await post('turns', turns)).body).toMatchObject({ accepted: recorded.cases.length, rejected: 0 })
  })

  it.each(recorded.cases.map((one, index) => [one.name, one, index] as const))(
    'come back with what they lead to: %s',
    async (_name, { before, after }, index) => {
      const { participantData } = await get(`ocs-${index}`)
      expect(participantData?.before).toEqual(before)
      expect(participantData?.after).toEqual(after)
      expect(participantData?.problems).toBeUndefined()
    },
  )
})

describe('who may record', () => {
  const send = async (to: ReplayGateway, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${to.address}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(turn('guarded')),
    })
    return reply.status
  }

  it('is who shows the ingest token, where one is set', async () => {
    const guarded = await openReplayGateway({ TURNSCOPE_INGEST_TOKEN: 'a-token-to-write-with' })
    expect(await send(guarded)).toBe(401)
    expect(await send(guarded, { authorization: 'Bearer something-else' })).toBe(401)
    expect(await send(guarded, { authorization: 'Bearer a-token-to-write-with' })).toBe(200)
    await guarded.close()
  })

  it('is nobody, where the explorer is read-only', async () => {
    const readOnly = await openReplayGateway({ TURNSCOPE_READ_ONLY: '1' })
    expect(await send(readOnly)).toBe(403)
    await readOnly.close()
  })
})
