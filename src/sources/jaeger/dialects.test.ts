import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BackendClient } from '../backend/backend-client.ts'
import { JAEGER_PATHS, QueryApi } from './query-api.ts'

const never = new AbortController().signal
const HTML = '<!doctype html><title>Jaeger UI</title>'

/** What stands at each path; anything else is not there. */
let served: Readonly<Record<string, string>> = {}
let api: QueryApi
const server = createServer((request, response) => {
  const body = served[request.url ?? '']
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/plain' })
  response.end(body ?? '404 page not found')
})
beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  api = new QueryApi(new BackendClient({ baseUrl, paths: JAEGER_PATHS, headers: {}, secrets: [] }))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const LEGACY = { '/api/services': '{"data":["old"],"errors":null}' }
const V3 = { '/api/v3/services': '{"services":["new"]}' }

it('goes on in the other dialect where another version stands there by now', async () => {
  served = LEGACY
  expect(await api.services(never)).toEqual(['old'])
  expect(api.state.dialect).toBe('legacy')
  served = V3
  expect(await api.services(never)).toEqual(['new'])
  expect(api.state).toMatchObject({ reachable: true, dialect: 'v3' })
  expect(api.state.lastError).toBeUndefined()
  served = { '/api/services': HTML, ...V3 }
  expect(await api.services(never)).toEqual(['new'])
})

it('says that neither is there, and comes back', async () => {
  served = LEGACY
  await api.services(never)
  for (const none of [{}, { '/api/services': HTML, '/api/v3/services': HTML }, { '/api/services': '[]' }]) {
    served = none
    await expect(api.services(never)).rejects.toMatchObject({
      kind: 'bad-reply',
      message: expect.stringContaining("is not what Jaeger's query API answers"),
    })
    expect(api.state.dialect).toBeUndefined()
    expect(api.state.lastError).toBeTypeOf('string')
  }
  served = LEGACY
  expect(await api.services(never)).toEqual(['old'])
  expect(api.state.lastError).toBeUndefined()
})
