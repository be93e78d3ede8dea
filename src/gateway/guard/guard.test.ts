import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createApp } from '../api/app.ts'
import type { StaticFiles } from '../api/static-files.ts'
import type { AccessConfig } from '../settings/config.ts'
import { oneTraceSource } from '../testing/one-trace-source.ts'
import { maySend } from './ingest-access.ts'
import { isLocalRequest, ownHost } from './own-host.ts'
import { sessionsFor } from './session.ts'
import { ownPath } from './sign-in.ts'
import { SignedOutSessions } from './signed-out.ts'

const TOKEN = 'correct-horse-battery-staple'
const OPEN: AccessConfig = { allowAnonymousIngest: false, allowedHosts: [] }
const CLOSED: AccessConfig = { ...OPEN, token: TOKEN }

const page = { type: 'text/html', etag: '"1"', immutable: false, body: Buffer.from('<html>') }
const script = { type: 'text/javascript', etag: '"2"', immutable: true, body: Buffer.from('1') }
const files: StaticFiles = {
  byPath: new Map([
    ['/index.html', page],
    ['/assets/a.js', script],
  ]),
  index: page,
  inlineScripts: ["'sha256-abc'"],
  inlineStyles: [],
}

function door(access: AccessConfig, host = '127.0.0.1') {
  const app = createApp({ host, access, sources: () => [oneTraceSource().source], files })
  return (path: string, init: RequestInit & { host?: string } = {}) =>
    app.request(`http://${init.host ?? '127.0.0.1:4320'}${path}`, init)
}

const cookieOf = (response: Response): string =>
  (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

const signIn = (ask: ReturnType<typeof door>, token: string, next = '/local/traces?status=error') =>
  ask('/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ token, next }),
    headers: { origin: 'http://127.0.0.1:4320', 'sec-fetch-site': 'same-origin' },
  })

describe('the Host header', () => {
  it.each([
    ['127.0.0.1', 'localhost:4320', true],
    ['127.0.0.1', '127.0.0.1:9999', true],
    ['127.0.0.1', '[::1]:4320', true],
    ['127.0.0.1', 'bot.localhost', true],
    ['127.0.0.1', 'evil.example', false],
    ['127.0.0.1', '10.0.0.7', false],
    ['127.0.0.1', 'localhost.evil.example', false],
    ['127.0.0.1', 'localhost@evil.example', false],
    ['127.0.0.1', '', false],
    ['0.0.0.0', '10.0.0.7:4320', true],
    ['0.0.0.0', 'evil.example', false],
    ['0.0.0.0', 'traces.example', true],
    ['0.0.0.0', 'traces.example:8443', true],
    ['0.0.0.0', 'pinned.example:1', false],
    ['traces.internal', 'Traces.internal:4320', true],
  ])('on %s takes %s: %s', (host, header, expected) => {
    expect(ownHost(host, ['traces.example', 'pinned.example:443'])(header)).toBe(expected)
  })

  it('is checked on every path', async () => {
    const ask = door(OPEN)
    for (const path of ['/', '/healthz', '/api/v1/sources', '/sign-in']) {
      const response = await ask(path, { host: 'evil.example' })
      expect([path, response.status]).toEqual([path, 403])
      expect((await response.json()).error.message).toContain('evil.example')
    }
  })

  it.each([
    ['a program beside it', {}, true],
    ['by IPv6', { peer: '::1', host: '[::1]:4320' }, true],
    ['an IPv4 address as IPv6 writes it', { peer: '::ffff:127.0.0.1' }, true],
    ['the same in hexadecimal', { peer: '::ffff:7f00:1' }, true],
    ['another address of the loopback', { peer: '127.8.9.10' }, true],
    ['a name below localhost', { host: 'bot.localhost:4320' }, true],
    ['another name', { host: 'traces.example' }, false],
    ['no name', { host: '' }, false],
    ['a listener for others', { listener: '0.0.0.0' }, false],
    ['a peer elsewhere', { peer: '10.0.0.7' }, false],
    ['a peer elsewhere, as IPv6 writes it', { peer: '::ffff:10.0.0.7' }, false],
    ['an unknown peer', { peer: undefined }, false],
    ['where a proxy has names of its own', { allowedHosts: ['traces.example'] }, false],
    ...[
      ...['forwarded', 'via', 'x-forwarded-for', 'X-Forwarded-Host', 'x-forwarded-proto', 'x-real-ip'],
      ...['x-forwarded', 'x-forwarded-server', 'cf-connecting-ip', 'x-envoy-external-address'],
    ].map((name) => [`through a proxy: ${name}`, { headers: { [name]: '' } }, false] as const),
  ] as const)('tells a local request from others: %s', (_, how, expected) => {
    const request = {
      peer: '127.0.0.1' as string | undefined,
      host: 'localhost:4320',
      listener: '127.0.0.1',
      allowedHosts: [] as readonly string[],
      headers: {} as Record<string, string>,
      ...how,
    }
    const { listener, allowedHosts, headers, host, peer } = request
    expect(isLocalRequest({ host: listener, allowedHosts }, new Headers({ ...headers, host }), peer)).toBe(
      expected,
    )
  })
})

describe('writes', () => {
  it.each([
    [{}, 200],
    [{ origin: 'http://127.0.0.1:4320' }, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ origin: 'http://127.0.0.1:8080' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://127.0.0.1:4320', 'sec-fetch-site': 'cross-site' }, 403],
  ])('from %o get %i', async (headers, status) => {
    // The application's last route takes GET alone, so a write that passes the guard is a plain 404.
    const response = await door(OPEN)('/nothing', {
      method: 'POST',
      headers: headers as Record<string, string>,
    })
    expect(response.status === 404 ? 200 : response.status).toBe(status)
  })
})

describe('the token', () => {
  it('is asked for by the API and pages, not by health, sign-in and the program itself', async () => {
    const ask = door(CLOSED)
    const api = await ask('/api/v1/sources')
    expect(api.status).toBe(401)
    expect(api.headers.get('www-authenticate')).toContain('Bearer')
    expect((await api.json()).error.kind).toBe('unauthorized')
    expect((await ask('/healthz')).status).toBe(200)
    expect((await ask('/assets/a.js')).status).toBe(200)
    const visit = await ask('/local/traces?status=error', { headers: { accept: 'text/html' } })
    expect(visit.status).toBe(303)
    expect(visit.headers.get('location')).toBe('/sign-in?next=%2Flocal%2Ftraces%3Fstatus%3Derror')
  })

  it('opens the API as Bearer', async () => {
    const ask = door(CLOSED)
    const bearer = (token: string) =>
      ask('/api/v1/sources', { headers: { authorization: `Bearer ${token}` } })
    expect((await bearer(TOKEN)).status).toBe(200)
    expect((await bearer(`${TOKEN}x`)).status).toBe(401)
    expect((await bearer('')).status).toBe(401)
  })

  it('signs a browser in with a cookie that does not hold it, and out again', async () => {
    const ask = door(CLOSED)
    const reply = await signIn(ask, TOKEN)
    expect(reply.status).toBe(303)
    expect(reply.headers.get('location')).toBe('/local/traces?status=error')
    const [set = '', mark] = reply.headers.getSetCookie()
    // It holds nothing: the page may read it, and nobody is let in by it.
    expect(mark).toMatch(/^turnscope_signed_in=1; Path=\/; SameSite=Strict; Max-Age=\d+$/)
    expect(set).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
    expect(set).not.toContain(TOKEN)
    const cookie = cookieOf(reply)
    expect((await ask('/api/v1/sources', { headers: { cookie } })).status).toBe(200)
    expect((await ask('/sign-in?next=/x', { headers: { cookie } })).headers.get('location')).toBe('/x')
    expect((await ask('/api/v1/sources', { headers: { cookie: `${cookie}x` } })).status).toBe(401)
    const out = await ask('/sign-out', { method: 'POST', headers: { cookie } })
    expect(out.headers.get('set-cookie')).toContain('turnscope_session=; ')
    expect(out.headers.getSetCookie().every((each) => each.includes('Max-Age=0'))).toBe(true)
    // A copy of the cookie is over too; another session is not.
    expect((await ask('/api/v1/sources', { headers: { cookie } })).status).toBe(401)
  })

  it('marks the cookie Secure behind a proxy that speaks TLS', async () => {
    const reply = await door(CLOSED)('/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ token: TOKEN }),
      headers: { 'x-forwarded-proto': 'https' },
    })
    expect(reply.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  it('is refused on the page when wrong, and never repeated', async () => {
    const reply = await signIn(door(CLOSED), 'wrong-guess', '/"><script>')
    expect(reply.status).toBe(401)
    expect(reply.headers.get('set-cookie')).toBeNull()
    const html = await reply.text()
    expect(html).toContain('Wrong token')
    expect(html).not.toContain('wrong-guess')
    expect(html).not.toContain('<script>')
    expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  })

  it('leads a link from another site through a page of its own', async () => {
    const reply = await door(CLOSED)('/local/traces', {
      headers: { accept: 'text/html', 'sec-fetch-site': 'cross-site' },
    })
    expect(reply.status).toBe(200)
    expect(await reply.text()).toContain(
      'http-equiv="refresh" content="0;url=/sign-in?next=%2Flocal%2Ftraces"',
    )
  })

  it.each([
    ['/a?b#c', '/a?b#c'],
    ['/a?next=//b', '/a?next=//b'],
    ['/a?q=x\\y', '/a?q=x\\y'],
    ['/local/traces/%2F', '/local/traces/%2F'],
    ['//evil.example/x', '/'],
    ['///evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\\\\evil.example', '/'],
    ['\\\\evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/..//evil.example', '/'],
    ['/./..//evil.example', '/'],
    ['/a/..//evil.example', '/'],
    ['/a/..\\\\evil.example', '/'],
    ['/.\\/evil.example', '/'],
    ['/%2e//evil.example', '/'],
    ['/%2e%2e//evil.example', '/'],
    ['/%2f%2fevil.example', '/'],
    ['/%5cevil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/\n/evil.example', '/'],
    ['/\r\nSet-Cookie: a=b', '/'],
    ['\t//evil.example', '/'],
    ['/\u0000/evil.example', '/'],
    ['/\u0085/evil.example', '/'],
    ['／／evil.example', '/'],
    ['/／evil.example', '/%EF%BC%8Fevil.example'],
    ['/@evil.example', '/@evil.example'],
    ['//user:pw@evil.example', '/'],
    ['http:evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['https://evil.example', '/'],
    ['', '/'],
    [undefined, '/'],
  ])('leads on from sign-in to %s as %s', (next, expected) => {
    expect(ownPath(next)).toBe(expected)
  })
})

describe('a session', () => {
  it('ends with its time, with another token, and when touched', () => {
    const sessions = sessionsFor(TOKEN)
    const session = sessions.issue(1000)
    const month = 30 * 86_400
    expect(sessions.isValid(session, 1000 + month - 1)).toBe(true)
    expect(sessions.isValid(session, 1000 + month)).toBe(false)
    expect(sessionsFor(TOKEN).isValid(session, 1000)).toBe(true)
    expect(sessionsFor('another').isValid(session, 1000)).toBe(false)
    const later = session.replace(/^\d+/, (expiry) => String(Number(expiry) + 1))
    expect(sessions.isValid(later, 1000)).toBe(false)
    expect(sessions.isValid('', 1000)).toBe(false)
  })

  const now = Date.now() / 1000
  const withFile = async (use: (file: string) => void) => {
    const folder = await mkdtemp(join(tmpdir(), 'turnscope-sessions-'))
    try {
      use(join(folder, 'signed-out'))
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  it('that was signed out is over, after a restart too; others go on', () =>
    withFile((file) => {
      const sessions = sessionsFor(TOKEN, file)
      const [one, other] = [sessions.issue(now), sessions.issue(now)]
      sessions.end(one, now)
      sessions.end(one, now)
      sessions.end('forged', now)
      for (const after of [sessions, sessionsFor(TOKEN, file)]) {
        expect(after.isValid(one, now)).toBe(false)
        expect(after.isValid(other, now)).toBe(true)
      }
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(readFileSync(file, 'utf8')).not.toContain(one)
    }))

  it('stays over when more are signed out than are kept', () =>
    withFile((file) => {
      const list = new SignedOutSessions(file, 0, 100)
      const nonce = (at: number) => String(at).padStart(22, '0')
      writeFileSync(file, Array.from({ length: 10_000 }, (_, at) => `${1000 + at} ${nonce(at)}\n`).join(''))
      const full = new SignedOutSessions(file, 0, 100)
      full.add({ expiry: 20_000, nonce: nonce(10_000) }, 0)
      for (const after of [full, new SignedOutSessions(file, 0, 100)]) {
        for (let at = 0; at < 10_000; at++)
          expect(after.has({ expiry: 1000 + at, nonce: nonce(at) })).toBe(true)
        expect(after.has({ expiry: 20_000, nonce: nonce(10_000) })).toBe(true)
        expect(after.has({ expiry: 20_000, nonce: 'another' })).toBe(false)
      }
      expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(9_100)
      expect(list.has({ expiry: 1, nonce: nonce(1) })).toBe(false)
    }))

  it('ends with all others where those that were signed out cannot be read', () =>
    withFile((file) => {
      const session = sessionsFor(TOKEN).issue(now)
      mkdirSync(file)
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
      expect(sessionsFor(TOKEN, file).isValid(session, now)).toBe(false)
      expect(warn).toHaveBeenCalledOnce()
      warn.mockRestore()
    }))
})

describe('senders', () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
  const both: AccessConfig = { ...OPEN, token: 'reader', ingestToken: 'sender' }
  it.each([
    ['nothing set, local', OPEN, undefined, true, true],
    ['nothing set, local, any keys', OPEN, basic('pk:sk'), true, true],
    ['reader token, local', CLOSED, undefined, true, true],
    ['reader token, beyond', CLOSED, undefined, false, false],
    ['reader token, beyond, given', CLOSED, `Bearer ${TOKEN}`, false, true],
    ['both, local, none given', both, undefined, true, false],
    ['both, ingest token', both, 'Bearer sender', false, true],
    ['both, reader token', both, 'bearer reader', false, true],
    ['both, wrong', both, 'Bearer wrong', false, false],
    ['both, secret key', both, basic('any:sender'), false, true],
    ['both, wrong secret key', both, basic('sender:any'), false, false],
    ['both, damaged', both, 'Basic !!', false, false],
    ['anonymous allowed', { ...both, allowAnonymousIngest: true }, undefined, false, true],
  ] as const)('%s', (_, access, authorization, local, expected) => {
    expect(['free', 'right'].includes(maySend(access, { authorization, local }).is)).toBe(expected)
  })
})

describe('every reply', () => {
  it('forbids framing, guessing and foreign content, and shares with no other origin', async () => {
    const ask = door(OPEN)
    for (const path of ['/', '/api/v1/sources', '/api/v1/none', '/assets/a.js', '/healthz']) {
      const { headers } = await ask(path, { headers: { origin: 'https://evil.example' } })
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('content-security-policy')).toContain("script-src 'self' 'sha256-abc'")
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})
