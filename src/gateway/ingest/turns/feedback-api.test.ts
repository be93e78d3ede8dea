import { beforeEach, describe, expect, it } from 'vitest'
import { MemorySink } from '../testing/memory-sink.ts'
import { type TurnApi, turnRoutes } from './turn-api.ts'

let sink: MemorySink
beforeEach(() => {
  sink = new MemorySink()
})
const post = async (body: unknown, more: Partial<TurnApi> = {}) => {
  const reply = await turnRoutes({ sink, authorize: () => ({ ok: true }), ...more }).request(
    '/api/v1/feedback',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  )
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
}
const GIVEN = { id: 'f-1', traceId: 'turn-17', name: 'thumbs' }

describe('POST /api/v1/feedback', () => {
  it('takes all that can be said of it', async () => {
    const whole = { ...GIVEN, spanId: 's', value: false, comment: 'no', author: 'ana' }
    const { status, body } = await post({ ...whole, time: '2026-03-01T09:30:00Z' })
    expect({ status, body }).toEqual({ status: 200, body: { id: 'f-1' } })
    expect(sink.feedback).toEqual([{ ...whole, time: 1_772_357_400_000_000 }])
  })

  it('answers for each of a list', async () => {
    const { status, body } = await post([GIVEN, { ...GIVEN, name: '', value: [] }, { ...GIVEN, id: 'f-2' }])
    expect(status).toBe(200)
    expect(body).toMatchObject({
      accepted: 2,
      rejected: 1,
      items: [
        { id: 'f-1' },
        {
          error: { fields: [{ path: 'name' }, { path: 'value', message: expect.stringContaining('text') }] },
        },
        { id: 'f-2' },
      ],
    })
  })

  it('names item and field where none is right', async () => {
    const { status, body } = await post([{ traceId: 't' }, { ...GIVEN, stars: 5 }])
    expect(status).toBe(400)
    expect(body).toMatchObject({
      error: { kind: 'bad-request' },
      items: [{ error: { message: 'name is missing' } }, { error: { message: 'stars is no field of this' } }],
    })
  })

  it.each([
    ['a'.repeat(10_240), 200],
    ['a'.repeat(10_241), 400],
    ['é'.repeat(5_120), 200],
    ['é'.repeat(5_121), 400],
  ])('bounds a comment by its bytes', async (comment, status) => {
    expect((await post({ ...GIVEN, comment })).status).toBe(status)
  })

  it('makes the same id of the same content', async () => {
    const { id: _, ...without } = GIVEN
    const { body: first } = await post(without)
    expect((await post({ name: 'thumbs', traceId: 'turn-17' })).body).toEqual(first)
    expect((await post({ ...without, value: 1 })).body).not.toEqual(first)
  })

  it('is taken of senders and of readers, and of nobody where read-only', async () => {
    const authorize = () => ({ ok: false, status: 401, message: 'a token is asked for here' }) as const
    expect((await post(GIVEN, { authorize })).status).toBe(401)
    expect((await post(GIVEN, { authorize, mayRead: () => true })).status).toBe(200)
    expect((await post(GIVEN, { mayRead: () => true, readOnly: true })).status).toBe(403)
  })
})
