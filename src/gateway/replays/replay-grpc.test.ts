import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Trace } from '../../domain/model/trace.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

const CAPTURE = join(
  import.meta.dirname,
  '../../formats/otlp/fixtures/captures/otel-genai-openai-1.3b0-events',
)
const SERVICES = {
  'request-': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  'logs-': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const

const asSent = (bytes: Buffer): Buffer => bytes
const Client = makeGenericClientConstructor({}, 'any')

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await openReplayGateway({ OTLP_GRPC_PORT: '0' })
})
afterAll(() => gateway.close())

it('spans and log records that come by gRPC are read together', async () => {
  const client = new Client(gateway.grpc ?? '', credentials.createInsecure())
  for (const kind of ['logs-', 'request-'] as const) {
    for (const name of readdirSync(CAPTURE).filter((one) => one.startsWith(kind) && one.endsWith('.pb'))) {
      await new Promise<void>((resolve, reject) => {
        const body = readFileSync(join(CAPTURE, name))
        client.makeUnaryRequest(SERVICES[kind], asSent, asSent, body, (error) =>
          error ? reject(error) : resolve(),
        )
      })
    }
  }
  client.close()
  const { traces } = JSON.parse(readFileSync(join(CAPTURE, 'expected.json'), 'utf8')) as {
    traces: { traceId: string; inputInLogs?: string | null; outputInLogs?: string | null }[]
  }
  const inLogs = traces.filter(({ inputInLogs }) => typeof inputInLogs === 'string')
  expect(inLogs.length).toBeGreaterThan(0)
  for (const { traceId, inputInLogs, outputInLogs } of inLogs) {
    const trace = await gateway.read<Trace>(`traces/${traceId}`)
    expect([trace.input, trace.output ?? null]).toEqual([inputInLogs, outputInLogs ?? null])
  }
})
