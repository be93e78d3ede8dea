import { describe, expect, it } from 'vitest'
import { createApp } from '../api/app.ts'
import { NO_FILES } from '../api/static-files.ts'
import type { AccessConfig } from '../settings/config.ts'
import { oneTraceSource } from '../testing/one-trace-source.ts'
import { accountableAddress } from './peer-address.ts'
import { judgeSenders } from './sender-verdict.ts'
import { TokenThrottle } from './token-throttle.ts'

const MINUTE = 60_000
const ACCESS: AccessConfig = { token: 'the-right-token', allowAnonymousIngest: false, allowedHosts: [] }

const setup = () => {
  const lines: string[] = []
  const clock = { now: 1_000_000 }
  const throttle = new TokenThrottle(
    (line) => lines.push(line),
    () => clock.now,
  )
  const guess = (peer: string, tokens: number, first = 0) => {
    for (let at = 0; at < tokens; at++) throttle.wrong(peer, `wrong-${first + at}`, 'sending')
  }
  return { throttle, lines, clock, guess }
}

describe('guesses of tokens', () => {
  it('are heard up to ten in a minute, then not for the rest of it', () => {
    const { throttle, clock, guess } = setup()
    guess('203.0.113.1', 9)
    expect(throttle.blockedFor('203.0.113.1')).toBe(0)
    guess('203.0.113.1', 1, 9)
    expect(throttle.blockedFor('203.0.113.1')).toBe(MINUTE)
    expect(throttle.blockedFor('203.0.113.2')).toBe(0)
    clock.now += MINUTE - 1
    expect(throttle.blockedFor('203.0.113.1')).toBe(1)
    clock.now += 1
    expect(throttle.blockedFor('203.0.113.1')).toBe(0)
  })

  it('count once where the same token comes again: an outdated setting shuts nobody out', () => {
    const { throttle } = setup()
    for (let at = 0; at < 1000; at++) throttle.wrong('203.0.113.1', 'outdated', 'sending')
    expect(throttle.blockedFor('203.0.113.1')).toBe(0)
  })

  it('count for all addresses that one owner of IPv6 has, not for its neighbours', () => {
    const { throttle, guess } = setup()
    for (let at = 0; at < 10; at++) guess(`2001:db8:1:2::${at + 1}`, 1, at)
    expect(throttle.blockedFor('2001:db8:1:2:aaaa:bbbb:cccc:dddd')).toBeGreaterThan(0)
    expect(throttle.blockedFor('2001:db8:1:3::1')).toBe(0)
    expect(throttle.blockedFor('::1')).toBe(0)
  })

  it('from very many addresses leave each one guess, and the first is always heard', () => {
    const { throttle, guess } = setup()
    for (let at = 0; at < 100; at++) guess(`198.51.100.${at}`, 6, at * 6)
    expect(throttle.blockedFor('198.51.100.1')).toBeGreaterThan(0)
    expect(throttle.blockedFor('203.0.113.9')).toBe(0)
    guess('203.0.113.9', 1, 9999)
    expect(throttle.blockedFor('203.0.113.9')).toBeGreaterThan(0)
  })

  it('take bounded memory', () => {
    const { throttle, guess } = setup()
    guess('192.0.2.1', 10)
    for (let at = 0; at < 10_000; at++) guess(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, 1, 100 + at)
    // The first is forgotten for the others, as the oldest.
    expect(throttle.blockedFor('192.0.2.1')).toBe(0)
    expect(throttle.blockedFor('10.0.0.0')).toBeGreaterThan(0)
  })

  it('are logged once an address, ten lines a minute, without the token', () => {
    const { lines, clock, guess } = setup()
    for (let at = 0; at < 25; at++) guess(`203.0.113.${at}`, 3)
    expect(lines).toHaveLength(10)
    expect(lines[0]).toBe('turnscope: a wrong token from 203.0.113.0 (sending)')
    expect(lines.join()).not.toContain('wrong-')
    clock.now += MINUTE
    guess('203.0.113.1', 1)
    expect(lines.slice(10)).toEqual([
      'turnscope: wrong tokens from 15 more addresses',
      'turnscope: a wrong token from 203.0.113.1 (sending)',
    ])
  })
})

describe('the address that is held to account', () => {
  it.each([
    ['203.0.113.1', null, '203.0.113.1'],
    ['203.0.113.1', '198.51.100.1', '203.0.113.1'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:127.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '1.1.1.1, unknown', '127.0.0.1'],
    ['127.0.0.1', 'a\nb', '127.0.0.1'],
    [undefined, null, undefined],
  ])('of %s that forwards for %s is %s', (peer, forwardedFor, expected) => {
    expect(accountableAddress(peer, forwardedFor)).toBe(expected)
  })
})

describe('a sender', () => {
  const basic = (password: string) => `Basic ${Buffer.from(`pk:${password}`).toString('base64')}`
  const bearer = (token: string) => `Bearer ${token}`

  it.each([
    ['Bearer', bearer],
    ['Basic', basic],
  ])(
    'that guesses by %s is told to come again later; the right token works for others at once',
    (_, show) => {
      const { throttle } = setup()
      const judge = judgeSenders(ACCESS, '0.0.0.0', throttle)
      const from = (peer: string, token: string) =>
        judge(new Headers({ host: '127.0.0.1', authorization: show(token) }), peer)
      for (let at = 0; at < 10; at++)
        expect(from('203.0.113.1', `wrong-${at}`)).toMatchObject({ ok: false, status: 401 })
      expect(from('203.0.113.1', 'wrong')).toMatchObject({ status: 429, retryAfterMs: MINUTE })
      expect(from('203.0.113.1', 'the-right-token')).toMatchObject({ ok: false, status: 429 })
      expect(from('203.0.113.2', 'the-right-token')).toEqual({ ok: true })
    },
  )

  it('that shows none guesses nothing', () => {
    const { throttle } = setup()
    const judge = judgeSenders(ACCESS, '0.0.0.0', throttle)
    for (let at = 0; at < 100; at++)
      expect(judge(new Headers({ host: '127.0.0.1' }), '203.0.113.1')).toMatchObject({ status: 401 })
    expect(throttle.blockedFor('203.0.113.1')).toBe(0)
  })

  it('on this machine that needs none is let in after any number', () => {
    const { throttle, guess } = setup()
    guess('127.0.0.1', 50)
    const judge = judgeSenders(ACCESS, '127.0.0.1', throttle)
    const headers = new Headers({ host: 'localhost', authorization: 'Bearer whatever' })
    expect(judge(headers, '127.0.0.1')).toEqual({ ok: true })
    expect(judge(headers, '::1')).toEqual({ ok: true })
  })
})

describe('a reader', () => {
  const app = () => {
    const { throttle, clock } = setup()
    const routes = createApp({
      host: '127.0.0.1',
      access: ACCESS,
      sources: () => [oneTraceSource().source],
      files: NO_FILES,
      readers: { throttle },
    })
    const ask = (path: string, init: RequestInit, peer = '203.0.113.1') =>
      routes.request(`http://127.0.0.1:4320${path}`, init, {
        incoming: { socket: { remoteAddress: peer } },
      })
    return { ask, clock }
  }
  const read = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  const form = (token: string) => ({ method: 'POST', body: new URLSearchParams({ token }) })

  it('that guesses is answered 429 with Retry-After, by Bearer and on the sign-in page', async () => {
    const { ask, clock } = app()
    const cookie = (await ask('/sign-in', form('the-right-token'))).headers.get('set-cookie')?.split(';')[0]
    for (let at = 0; at < 10; at++) await ask('/api/v1/sources', read(`wrong-${at}`))
    for (const token of ['wrong', 'the-right-token']) {
      const reply = await ask('/api/v1/sources', read(token))
      expect(reply.status).toBe(429)
      expect(reply.headers.get('retry-after')).toBe('60')
      const page = await ask('/sign-in', form(token))
      expect(page.status).toBe(429)
      expect(page.headers.get('retry-after')).toBe('60')
      expect(page.headers.get('set-cookie')).toBeNull()
      expect(await page.text()).toContain('Too many wrong tokens')
    }
    // Who is signed in stays so, and others are heard.
    expect((await ask('/api/v1/sources', { headers: { cookie: cookie ?? '' } })).status).toBe(200)
    expect((await ask('/api/v1/sources', read('the-right-token'), '203.0.113.2')).status).toBe(200)
    clock.now += MINUTE
    expect((await ask('/api/v1/sources', read('the-right-token'))).status).toBe(200)
  })

  it('sends a form of bounded size', async () => {
    const { ask } = app()
    expect((await ask('/sign-in', form('x'.repeat(20_000)))).status).toBe(413)
  })
})
