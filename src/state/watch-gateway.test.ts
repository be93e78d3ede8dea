import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test } from 'vitest'
import { SourceError } from '../domain/port/source-error.ts'
import { keys } from './queries.ts'
import { watchGateway } from './watch-gateway.ts'

const away = () => new SourceError('unreachable', 'the gateway cannot be reached', { gatewayAway: true })

/** A gateway that answers or not, the watch over it, and whoever polls its health. */
function stage() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const gateway = { up: true }
  const answer = async <Value>(value: Value): Promise<Value> => {
    if (!gateway.up) throw away()
    return value
  }
  const watch = watchGateway(client)
  const health = new QueryObserver(client, { queryKey: keys.health, queryFn: () => answer('ok') })
  const leave = health.subscribe(() => undefined)
  // Outside of a browser an observer does not ask again by itself.
  const poll = setInterval(() => health.refetch({ cancelRefetch: false }), 20)
  cleanUp = () => {
    clearInterval(poll)
    leave()
    watch.stop()
    client.clear()
  }
  return { client, gateway, answer }
}
let cleanUp = () => {}
afterEach(() => cleanUp())

test('a question that failed while the gateway was away is asked again once it is back', async () => {
  const { client, gateway, answer } = stage()
  gateway.up = false
  const list = new QueryObserver(client, { queryKey: ['list'], queryFn: () => answer('rows') })
  list.subscribe(() => undefined)
  await expect.poll(() => list.getCurrentResult().status).toBe('error')
  gateway.up = true
  await expect.poll(() => list.getCurrentResult().data).toBe('rows')
})

test('a list keeps the pages it has and goes on with the one it lacks', async () => {
  const { client, gateway, answer } = stage()
  const asked: number[] = []
  const list = new InfiniteQueryObserver(client, {
    queryKey: ['pages'],
    queryFn: ({ pageParam }) => {
      asked.push(pageParam)
      return answer(pageParam)
    },
    initialPageParam: 0,
    getNextPageParam: (last: number) => last + 1,
  })
  list.subscribe(() => undefined)
  await expect.poll(() => list.getCurrentResult().data?.pages).toEqual([0])
  gateway.up = false
  await list.fetchNextPage()
  expect(list.getCurrentResult()).toMatchObject({ status: 'error', data: { pages: [0] } })
  gateway.up = true
  await expect.poll(() => list.getCurrentResult().data?.pages).toEqual([0, 1])
  expect(asked).toEqual([0, 1, 1])
})

test('what a backend failed at is left to whoever asked', async () => {
  const { client } = stage()
  let asked = 0
  const list = new QueryObserver(client, {
    queryKey: ['backend'],
    queryFn: () => {
      asked++
      return Promise.reject(new SourceError('unreachable', 'the backend cannot be reached'))
    },
  })
  list.subscribe(() => undefined)
  await expect.poll(() => list.getCurrentResult().status).toBe('error')
  const looks = () => client.getQueryState(keys.health)?.dataUpdateCount ?? 0
  const before = looks()
  await expect.poll(looks).toBeGreaterThan(before + 2)
  expect(asked).toBe(1)
})
