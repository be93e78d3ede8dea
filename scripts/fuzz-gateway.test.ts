import { afterAll, beforeAll, expect, it } from 'vitest'
import { openReplayGateway, type ReplayGateway } from '../src/gateway/testing/replaying.ts'
import { fuzzedRequest } from './fuzz-bodies.ts'
import { fuzz } from './fuzz-gateway.ts'
import { seeded } from './fuzz-mutations.ts'
import { fuzzedQuestion } from './fuzz-questions.ts'

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await openReplayGateway({ OTLP_GRPC_PORT: '0' })
})
afterAll(() => gateway.close())

it('sends the same for a seed, and something else for another', () => {
  const of = (seed: number) => {
    const request = fuzzedRequest(seeded(seed))
    return [request.path, request.body.toString('base64'), fuzzedQuestion(seeded(seed), '')].join(' ')
  }
  const all = Array.from({ length: 50 }, (_, seed) => of(seed))
  expect(Array.from({ length: 50 }, (_, seed) => of(seed))).toEqual(all)
  expect(new Set(all).size).toBe(50)
})

it('answers 300 mutated requests without a fault, and keeps what is right in them', async () => {
  if (gateway.grpc === null) throw new Error('OTLP/gRPC does not listen')
  const report = await fuzz({ address: gateway.address, grpc: gateway.grpc, count: 300, seed: 20_261 })
  expect(report.failures).toEqual([])
  expect(report.markersKept).toBe(report.markers)
  expect(report.markers).toBeGreaterThan(60)
  const ways = [...report.answers.keys()].map((answer) => answer.split(' ')[0])
  expect(ways).toEqual(
    expect.arrayContaining([
      '/v1/traces',
      '/v1/logs',
      '/api/v1/turns',
      '/api/v1/events',
      '/api/v1/import',
      'gRPC',
      'question',
    ]),
  )
}, 120_000)
