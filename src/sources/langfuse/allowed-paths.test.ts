import { afterAll, beforeAll, expect, it } from 'vitest'
import { spanId, traceId } from '../../domain/model/units.ts'
import { readMeaning } from '../../semantics/span/meaning.ts'
import { readSpan } from '../../semantics/span/read-span.ts'
import { summarise } from '../../semantics/trace/summarise.ts'
import { BackendClient } from '../backend/backend-client.ts'
import { LANGFUSE_PATHS } from './langfuse-api.ts'
import { LangfuseSource } from './langfuse-source.ts'
import { generateTraces, heldAs } from './testing/generated-traces.ts'
import { KEYS, serveLangfuse } from './testing/langfuse-server.ts'

const never = new AbortController().signal
const NOW = Date.UTC(2026, 10, 20, 12)

/** Every path of Langfuse's public API, as its reference names them. */
const API = [
  'annotation-queues',
  'annotation-queues/:queueId',
  'annotation-queues/:queueId/items',
  'annotation-queues/:queueId/items/:itemId',
  'annotation-queues/:queueId/assignments',
  'comments',
  'comments/:commentId',
  'dataset-items',
  'dataset-items/:id',
  'dataset-run-items',
  'datasets',
  'datasets/:name',
  'datasets/:name/runs',
  'datasets/:name/runs/:run',
  'generations',
  'health',
  'ingestion',
  'integrations/blob-storage',
  'llm-connections',
  'media',
  'media/:mediaId',
  'metrics',
  'metrics/daily',
  'models',
  'models/:id',
  'observations',
  'observations/:id',
  'organizations/memberships',
  'organizations/projects',
  'organizations/apiKeys',
  'otel/v1/traces',
  'projects',
  'projects/:id',
  'projects/:id/apiKeys',
  'projects/:id/apiKeys/:keyId',
  'projects/:id/memberships',
  'prompts',
  'scim/Users',
  'scim/Users/:id',
  'score-configs',
  'score-configs/:id',
  'scores',
  'scores/:id',
  'sessions',
  'sessions/:id',
  'spans',
  'traces',
  'traces/:traceId',
  'users',
  'v2/datasets',
  'v2/metrics',
  'v2/observations',
  'v2/prompts',
  'v2/prompts/:name',
  'v2/scores',
  'v2/scores/:id',
  'v3/scores',
].map((path) => `/api/public/${path}`)
const OTHERS = [
  ...API.filter((path) => !LANGFUSE_PATHS.includes(path)),
  '/api/auth/session',
  '/api/trpc/traces.all',
  '/',
]

let server: Awaited<ReturnType<typeof serveLangfuse>>
beforeAll(async () => {
  server = await serveLangfuse(heldAs('v4', generateTraces(20, NOW)))
})
afterAll(() => server.close())

it('are ten, all of them of the API', () => {
  expect(LANGFUSE_PATHS).toHaveLength(10)
  for (const path of LANGFUSE_PATHS) expect(API).toContain(path)
})

it.each(OTHERS)('%s is not asked for', async (path) => {
  const client = new BackendClient({ baseUrl: server.url, paths: LANGFUSE_PATHS, headers: {}, secrets: [] })
  const before = server.asked.length
  const ids = {
    id: 'x',
    name: 'x',
    run: 'x',
    queueId: 'x',
    itemId: 'x',
    commentId: 'x',
    mediaId: 'x',
    keyId: 'x',
  }
  await expect(client.text({ path, ids }, never)).rejects.toThrow(
    `${path} is no path that a backend is asked for`,
  )
  expect(server.asked.length).toBe(before)
})

it('are asked for by GET, whatever an id holds', async () => {
  for (const dialect of ['v4', 'legacy'] as const) {
    server.hold(heldAs(dialect, generateTraces(20, NOW)))
    const source = new LangfuseSource({
      id: 'langfuse',
      baseUrl: server.url,
      ...KEYS,
      reader: { readSpan: (span) => readSpan(span), summarise, readMeaning: (span) => readMeaning(span) },
      clock: () => NOW,
    })
    for (const id of ['../scores', '..', '.', 'a/b', 'a?b=c', 'a#b', 'a%2fb', '/', '\\', '//example.com/'])
      await expect(source.getSpan(traceId(id), spanId('../..'), never)).rejects.toMatchObject({
        kind: 'not-found',
      })
  }
  const known = LANGFUSE_PATHS.map((path) => new RegExp(`^GET ${path.replace(/:\w+/, '[^/?]+')}(\\?|$)`))
  expect(server.asked.length).toBeGreaterThan(10)
  for (const call of server.asked) expect(known.some((pattern) => pattern.test(call))).toBe(true)
})
