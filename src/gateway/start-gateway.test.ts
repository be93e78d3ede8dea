import { createServer } from 'node:net'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { describe, expect, it, vi } from 'vitest'
import { NO_FILES } from './api/static-files.ts'
import { MemorySink } from './ingest/testing/memory-sink.ts'
import { readConfig } from './settings/config.ts'
import type { SourceTable } from './sources/source-table.ts'
import { startGateway } from './start-gateway.ts'
import { oneTraceSource, SUMMARY } from './testing/one-trace-source.ts'

const { config } = readConfig({ PORT: '0', OTLP_HTTP_PORT: '0', OTLP_GRPC_PORT: 'off' })

function tableOf(override: Parameters<typeof oneTraceSource>[1] = {}) {
  const events: string[] = []
  const table: SourceTable = {
    current: async () => [oneTraceSource('local', override).source],
    sink: new MemorySink(),
    warnings: [],
    close: async () => {
      events.push('closed')
    },
  }
  return { table, events }
}

const later = () => {
  let go: () => void = () => {}
  const promise = new Promise<void>((resolve) => {
    go = resolve
  })
  return { promise, go }
}

describe('a gateway', () => {
  it('answers what is under way before it closes its sources', async () => {
    const begun = later()
    const answer = later()
    const { table, events } = tableOf({
      count: async () => {
        begun.go()
        await answer.promise
        events.push('answered')
        return { value: { count: 1, complete: true } }
      },
    })
    const gateway = await startGateway(config, table, NO_FILES)
    const reply = fetch(`${gateway.address}/api/v1/sources/local/traces/count`)
    await begun.promise
    const closing = gateway.close(5000)
    await expect(fetch(`${gateway.address}/healthz`)).rejects.toThrow('fetch failed')
    answer.go()
    expect((await reply).status).toBe(200)
    await closing
    expect(events).toEqual(['answered', 'closed'])
  })

  it('stops what was asked for when the reader goes away', async () => {
    const begun = later()
    const stopped = later()
    const { table } = tableOf({
      listTraces: (_query, _page, signal) =>
        new Promise((_resolve, reject) => {
          begun.go()
          signal.addEventListener('abort', () => {
            stopped.go()
            reject(signal.reason)
          })
        }),
    })
    const gateway = await startGateway(config, table, NO_FILES)
    const reader = new AbortController()
    const reply = fetch(`${gateway.address}/api/v1/sources/local/traces`, { signal: reader.signal })
    reply.catch(() => {})
    await begun.promise
    reader.abort()
    await stopped.promise
    await gateway.close(1000)
  })

  it('goes on where a default port for traces is taken, and stops where a set one is', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    const { table } = tableOf()
    const withPort = (wasSet: boolean) => ({
      ...config,
      otlp: { ...config.otlp, http: { port, setting: 'OTLP_HTTP_PORT', wasSet } },
    })
    const gateway = await startGateway(withPort(false), table, NO_FILES)
    expect(gateway.otlp.http).toBeNull()
    expect(gateway.warnings.join()).toContain(`OTLP_HTTP_PORT: port ${port}`)
    const sent = await fetch(`${gateway.address}/v1/traces`, {
      method: 'POST',
      body: '{"resourceSpans":[]}',
      headers: { 'content-type': 'application/json' },
    })
    expect(sent.status).toBe(200)
    await gateway.close(1000)
    await expect(startGateway(withPort(true), table, NO_FILES)).rejects.toThrow(
      `OTLP_HTTP_PORT: port ${port}`,
    )
    await new Promise((resolve) => other.close(resolve))
  })

  it('packs large replies for readers elsewhere, not for those beside it', async () => {
    const items = Array.from({ length: 100 }, () => SUMMARY)
    const gateway = await startGateway(
      config,
      tableOf({ listTraces: async () => ({ items }) }).table,
      NO_FILES,
    )
    const coding = async (headers: Record<string, string>) => {
      const reply = await fetch(`${gateway.address}/api/v1/sources/local/traces`, { headers })
      expect((await reply.json()).items).toHaveLength(100)
      return reply.headers.get('content-encoding')
    }
    expect(await coding({ 'accept-encoding': 'gzip' })).toBeNull()
    expect(await coding({ 'accept-encoding': 'gzip', 'x-forwarded-for': '203.0.113.9' })).toBe('gzip')
    await gateway.close(1000)
  })

  it('takes recorded turns and events at the explorer’s own port', async () => {
    const { table } = tableOf()
    const gateway = await startGateway(config, table, NO_FILES)
    const send = (path: string, record: object) =>
      fetch(`${gateway.address}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(record),
      })
    const turn = {
      startTime: '2026-05-20T12:00:00Z',
      chatbot: { name: 'Transfers' },
      session: { id: 's-1' },
      input: 'hello',
      output: 'hi',
    }
    const sent = await send('/api/v1/turns', turn)
    expect(sent.status).toBe(200)
    const { traceId } = await sent.json()
    expect((table.sink as MemorySink).turns.map(({ trace }) => trace.traceId)).toEqual([traceId])
    expect((await send('/api/v1/events', { type: 'nothing' })).status).toBe(400)
    await gateway.close(1000)
  })

  it('lets senders on this machine in without a token, none that a proxy brings', async () => {
    const access = { ...config.access, token: 'the-readers-token' }
    const gateway = await startGateway({ ...config, access }, tableOf().table, NO_FILES)
    const send = async (base: string, headers: Record<string, string>, token?: string) => {
      const given = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const init = { method: 'POST', body: '{"resourceSpans":[]}' }
      const type = { 'content-type': 'application/json' }
      const reply = await fetch(`${base}/v1/traces`, { ...init, headers: { ...type, ...given, ...headers } })
      return reply.status
    }
    const sendGrpc = (headers: Record<string, string>, authority = 'localhost') =>
      new Promise<number>((resolve) => {
        const metadata = new Metadata()
        for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
        const client = new Client(
          (gateway.otlp.http ?? '').replace('http://', ''),
          credentials.createInsecure(),
          { 'grpc.default_authority': authority },
        )
        const asIs = (bytes: Buffer) => bytes
        const method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
        client.makeUnaryRequest(method, asIs, asIs, Buffer.alloc(0), metadata, (error) => {
          client.close()
          resolve(error?.code ?? 0)
        })
      })
    for (const base of [gateway.address, gateway.otlp.http ?? '']) {
      expect(await send(base, {})).toBe(200)
      for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']) {
        expect([name, await send(base, { [name]: '203.0.113.9' })]).toEqual([name, 401])
        expect(await send(base, { [name]: '203.0.113.9' }, 'the-readers-token')).toBe(200)
      }
    }
    expect(await sendGrpc({})).toBe(0)
    expect(await sendGrpc({ 'x-forwarded-for': '203.0.113.9' })).toBe(16)
    // Guesses over gRPC: heard up to a number, then told to come again later.
    const guess = (at: number) =>
      sendGrpc({ 'x-forwarded-for': '203.0.113.77', authorization: `Bearer wrong-${at}` })
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    for (let at = 0; at < 10; at++) expect(await guess(at)).toBe(16)
    expect(await guess(10)).toBe(14)
    expect(warn.mock.calls.flat()).toEqual(['turnscope: a wrong token from 203.0.113.77 (sending)'])
    warn.mockRestore()
    expect(
      await sendGrpc({ 'x-forwarded-for': '203.0.113.78', authorization: 'Bearer the-readers-token' }),
    ).toBe(0)
    await gateway.close(1000)
  })

  it('asks senders for the token where a proxy has a name of its own', async () => {
    const access = { ...config.access, token: 'the-readers-token', allowedHosts: ['traces.example'] }
    const gateway = await startGateway({ ...config, access }, tableOf().table, NO_FILES)
    for (const base of [gateway.address, gateway.otlp.http ?? '']) {
      const reply = await fetch(`${base}/v1/traces`, {
        method: 'POST',
        body: '{"resourceSpans":[]}',
        headers: { 'content-type': 'application/json' },
      })
      expect(reply.status).toBe(401)
    }
    await gateway.close(1000)
  })

  it('takes traces from senders alone that may send', async () => {
    const closed = { ...config, access: { ...config.access, ingestToken: 'sender' } }
    const gateway = await startGateway(closed, tableOf().table, NO_FILES)
    const send = async (base: string, path: string, headers: Record<string, string>) => {
      const init = { method: 'POST', body: '{"resourceSpans":[]}' }
      const type = { 'content-type': 'application/json' }
      return (await fetch(`${base}${path}`, { ...init, headers: { ...type, ...headers } })).status
    }
    const basic = `Basic ${Buffer.from('pk-any:sender').toString('base64')}`
    for (const base of [gateway.address, gateway.otlp.http ?? '']) {
      expect(await send(base, '/v1/traces', {})).toBe(401)
      expect(await send(base, '/v1/traces', { authorization: 'Bearer sender' })).toBe(200)
      expect(await send(base, '/api/public/otel/v1/traces', { authorization: basic })).toBe(200)
      expect(
        await send(base, '/v1/traces', { authorization: 'Bearer sender', origin: 'http://x.test' }),
      ).toBe(403)
    }
    await gateway.close(1000)
  })
})
