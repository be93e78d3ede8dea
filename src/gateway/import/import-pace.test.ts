import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, expect, it } from 'vitest'
import { MemorySink } from '../ingest/testing/memory-sink.ts'
import { importRoutes } from './import-routes.ts'

const PACE = { bytesPerSecond: 1000, patienceMs: 1000, longestMs: Number.POSITIVE_INFINITY }
const LINE = `${JSON.stringify({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: Array.from({ length: 100 }, (_, at) => ({
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: at.toString(16).padStart(15, '0').padStart(16, 'a'),
            name: 'turn',
            startTimeUnixNano: '1795224134950000000',
            endTimeUnixNano: '1795224135283634234',
            attributes: [{ key: 'text', value: { stringValue: 'x'.repeat(2000) } }],
          })),
        },
      ],
    },
  ],
})}\n`

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const start = async (sink: MemorySink): Promise<number> => {
  const routes = importRoutes({ sink, readOnly: false, mayImport: () => true, pace: PACE })
  server = createAdaptorServer({ fetch: routes.fetch }) as Server
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

it('a file of which the rest does not come is given up: 408', async () => {
  const port = await start(new MemorySink())
  const socket = connect(port, '127.0.0.1')
  socket.write('POST /api/v1/import HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n{"resourceSpans":')
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer).toContain('the body comes too slowly')
})

it('a file that stops after its first part ends with what was wrong', async () => {
  const port = await start(new MemorySink())
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST /api/v1/import HTTP/1.1\r\nHost: x\r\nContent-Length: 600000000\r\n\r\n${LINE.repeat(120)}`,
  )
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer).toContain('{"type":"error","error":{"kind":"timeout"')
}, 60_000)

it('a file that waits for a busy store takes as long as it needs', async () => {
  const sink = new MemorySink()
  let spans = 0
  sink.addSpans = async (batch) => {
    // Each batch alone is stored for longer than a silent sender is waited for.
    await delay(1500)
    spans += batch.length
  }
  const port = await start(sink)
  const reply = await fetch(`http://127.0.0.1:${port}/api/v1/import`, {
    method: 'POST',
    body: LINE.repeat(110),
  })
  expect(await reply.text()).toContain('{"type":"done"')
  expect(spans).toBe(11_000)
}, 60_000)
