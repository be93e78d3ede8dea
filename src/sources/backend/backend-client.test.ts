import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { BackendClient, type BackendLimits } from './backend-client.ts'
import { quotaWaitOf, retryAfterOf } from './rate-limit.ts'

type Answer = (response: ServerResponse, request: IncomingMessage, call: number) => void

const never = new AbortController().signal
const PATHS = ['/api/traces', '/api/traces/:id']

describe('the client of a backend', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  /** A real server that answers as it is told, and a client of it. */
  async function over(answer: Answer, limits: Partial<BackendLimits> = {}) {
    const asked: IncomingMessage[] = []
    const server = createServer((request, response) => {
      asked.push(request)
      answer(response, request, asked.length)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`
    const client = new BackendClient(
      { baseUrl, paths: PATHS, headers: { authorization: 'Bearer s3cret' }, secrets: ['s3cret'] },
      { backOffMs: 20, ...limits },
    )
    return { client, asked, baseUrl }
  }
  const get = (client: BackendClient, limits = {}, signal = never) =>
    client.text({ path: '/api/traces', limits }, signal)

  it('asks with credentials, ids and parameters below the base path', async () => {
    const { client, asked } = await over((response) => response.end('{"data":"ü"}'))
    const call = { path: '/api/traces/:id', ids: { id: 'a/b ?' }, params: [['q', 'x&y']] as const }
    expect(await client.text(call, never)).toBe('{"data":"ü"}')
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/base/api/traces/a%2Fb%20%3F?q=x%26y' })
    expect(asked[0]?.headers.authorization).toBe('Bearer s3cret')
    expect(client.state).toMatchObject({ reachable: true })
    expect(client.state.lastError).toBeUndefined()
  })

  it('asks for no other path', async () => {
    const { client, asked } = await over((response) => response.end())
    await expect(client.text({ path: '/api/admin' }, never)).rejects.toThrow('/api/admin is no path')
    for (const id of ['..', '.', '']) {
      const call = { path: '/api/traces/:id', ids: { id } }
      await expect(client.text(call, never)).rejects.toMatchObject({ kind: 'not-found' })
    }
    expect(asked.length).toBe(0)
  })

  it('gives up after its time: no answer, or one that hangs midway', async () => {
    const silent = await over(() => {})
    await expect(get(silent.client, { ms: 150 })).rejects.toMatchObject({ kind: 'timeout' })
    const hung = await over((response) => response.write('{"da'))
    const failure = await get(hung.client, { ms: 150 }).catch((error) => error)
    expect(failure).toMatchObject({
      kind: 'timeout',
      message: 'the backend did not answer /api/traces within 150 ms',
    })
    expect(hung.client.state).toMatchObject({ reachable: false, lastError: failure.message })
  })

  it.each([
    [1000, true],
    [1001, false],
  ])('takes a reply of %i bytes where 1000 are allowed: %s', async (size, taken) => {
    const { client } = await over((response) => response.end('x'.repeat(size)))
    const reply = get(client, { bytes: 1000 })
    if (taken) expect(await reply).toHaveLength(1000)
    else await expect(reply).rejects.toMatchObject({ kind: 'bad-reply' })
  })

  it('asks so many at a time, lets so many wait, and refuses the rest', async () => {
    let [busy, most] = [0, 0]
    const open: (() => void)[] = []
    const { client, asked } = await over(
      (response) => {
        most = Math.max(most, ++busy)
        open.push(() => {
          busy--
          response.end('ok')
        })
      },
      { calls: 2, waiting: 2 },
    )
    const running = [get(client), get(client), get(client)]
    const leaving = new AbortController()
    const left = get(client, {}, leaving.signal)
    await expect(get(client)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 1000 })
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    const last = get(client)
    for (let answered = 0; answered < 4; answered++) {
      await expect.poll(() => open.length).toBeGreaterThan(0)
      open.shift()?.()
    }
    expect(await Promise.all([...running, last])).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect([most, asked.length]).toEqual([2, 4])
  })

  it('waits as long as the backend says and asks once more', async () => {
    const at: number[] = []
    const { client } = await over((response, _request, call) => {
      at.push(Date.now())
      if (call === 1) response.writeHead(429, { 'retry-after': '1' }).end()
      else response.end('ok')
    })
    expect(await get(client)).toBe('ok')
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('tells a longer wait than it has patience for, and leaves the backend alone until then', async () => {
    const { client, asked } = await over((response) => response.writeHead(429, { 'retry-after': '60' }).end())
    await expect(get(client)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 60_000 })
    const again = await get(client).catch((error) => error)
    expect(again).toMatchObject({ kind: 'rate-limited' })
    expect(again.retryAfterMs).toBeGreaterThan(50_000)
    expect(asked.length).toBe(1)
  })

  it('keeps to a quota that is used up', async () => {
    const { client, asked } = await over((response) =>
      response.writeHead(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' }).end('ok'),
    )
    expect(await get(client)).toBe('ok')
    await expect(get(client)).rejects.toMatchObject({ kind: 'rate-limited' })
    expect(asked.length).toBe(1)
  })

  it('follows no redirect', async () => {
    const elsewhere = await over((response) => response.end('stolen'))
    const { client } = await over((response) =>
      response.writeHead(302, { location: `${elsewhere.baseUrl}/api/traces` }).end(),
    )
    await expect(get(client)).rejects.toMatchObject({ kind: 'bad-reply' })
    expect(elsewhere.asked.length).toBe(0)
  })

  it('asks once more after a 500, and no more than once', async () => {
    const passing = await over((response, _request, call) =>
      response.writeHead(call === 1 ? 500 : 200).end('ok'),
    )
    expect(await get(passing.client)).toBe('ok')
    const lasting = await over((response) => response.writeHead(500).end('{"message":"broken"}'))
    await expect(get(lasting.client)).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'the backend answered 500 to /api/traces: broken',
    })
    expect(lasting.asked.length).toBe(2)
  })

  it.each([
    [400, 'bad-request'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [418, 'bad-reply'],
  ])('takes %i for an answer, and does not ask again', async (status, kind) => {
    const { client, asked } = await over((response) => response.writeHead(status).end('<html>'))
    await expect(get(client)).rejects.toMatchObject({ kind })
    expect(asked.length).toBe(1)
  })

  it('repeats no secret and no address', async () => {
    const { client, baseUrl } = await over((response) =>
      response.writeHead(401, { 'content-type': 'text/plain' }).end('{"error":{"message":"bad key s3cret"}}'),
    )
    const failure = await get(client).catch((error) => error)
    expect(failure.message).toBe('the backend answered 401 to /api/traces: bad key …')
    const gone = new BackendClient(
      { baseUrl: 'http://127.0.0.1:1', paths: PATHS, headers: {}, secrets: [] },
      { backOffMs: 1 },
    )
    const unreachable = await get(gone).catch((error) => error)
    expect(unreachable).toMatchObject({ kind: 'unreachable', message: 'the backend cannot be reached' })
    expect(JSON.stringify([client.state, gone.state])).not.toMatch(/s3cret|127\.0\.0\.1/)
    expect(baseUrl).toMatch(/127/)
  })

  it('says that a reply broke off', async () => {
    const { client } = await over((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(get(client)).rejects.toMatchObject({ kind: 'unreachable' })
  })

  it('stops when it is told to, and breaks the connection', async () => {
    let closed = false
    const { client, asked } = await over((response) => {
      response.write('…')
      response.on('close', () => (closed = true))
    })
    const leaving = new AbortController()
    const reply = get(client, {}, leaving.signal)
    await expect.poll(() => asked.length).toBe(1)
    leaving.abort(new Error('gone'))
    await expect(reply).rejects.toThrow('gone')
    await expect.poll(() => closed).toBe(true)
  })

  it('streams, and frees its slot when the reader leaves', async () => {
    const { client } = await over((response) => response.write('x'.repeat(100)), { calls: 1, waiting: 0 })
    for await (const part of client.stream({ path: '/api/traces' }, never)) {
      expect(part.length).toBeGreaterThan(0)
      break
    }
    const leaving = new AbortController()
    const next = get(client, { ms: 100 }, leaving.signal)
    await expect(next).rejects.toMatchObject({ kind: 'timeout' })
  })
})

describe('how long a backend wants to be left alone', () => {
  const NOW = Date.UTC(2026, 10, 21)
  it.each([
    ['7', 7000],
    ['0.5', 500],
    ['0', 0],
    [new Date(NOW + 3000).toUTCString(), 3000],
    [new Date(NOW - 3000).toUTCString(), 0],
    ['999999999', 3_600_000],
    ['soon', undefined],
    ['-1', undefined],
  ])('Retry-After: %s', (text, expected) => {
    expect(retryAfterOf(new Headers({ 'retry-after': text }), NOW)).toBe(expected)
  })

  it.each([
    ['0', '5', 5000],
    ['0', String(NOW / 1000 + 5), 5000],
    ['1', '5', undefined],
    ['0', 'x', undefined],
  ])('quota left %s, filled again %s', (left, reset, expected) => {
    const headers = new Headers({ 'x-ratelimit-remaining': left, 'x-ratelimit-reset': reset })
    expect(quotaWaitOf(headers, NOW)).toBe(expected)
  })
})
