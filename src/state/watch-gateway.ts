import { InfiniteQueryObserver, type Query, type QueryClient } from '@tanstack/react-query'
import { isGatewayAway } from '../domain/port/source-error.ts'
import { keys } from './queries.ts'

/** Between two looks at the gateway's health for failures that follow each other, ms. */
const PAUSE = 1_000

const isHealth = ({ queryKey }: Query): boolean => queryKey[0] === keys.health[0]

const isOwed = (query: Query): boolean =>
  query.state.status === 'error' &&
  query.state.fetchStatus === 'idle' &&
  isGatewayAway(query.state.error) &&
  !isHealth(query)

/** Asks once more for what failed. A list goes on with the page that it lacks: what was read of it stays. */
function askAgain(query: Query): void {
  const [observer] = query.observers
  if (query.state.data !== undefined && observer instanceof InfiniteQueryObserver) {
    if (query.state.fetchMeta?.fetchMore) void observer.fetchNextPage()
  } else void observer?.refetch({ cancelRefetch: false })
}

/**
 * Waits for a gateway that went away, for all questions together: the first that finds it away has its health
 * looked at, and once the health is an answer again, everything on the page that failed meanwhile is asked
 * anew. Somebody must watch the health meanwhile (`useTrouble`). `look` is for whoever finds it away otherwise.
 */
export function watchGateway(client: QueryClient): { readonly look: () => void; readonly stop: () => void } {
  const cache = client.getQueryCache()
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    timer ??= setTimeout(
      () => {
        timer = undefined
        last = Date.now()
        void client.refetchQueries({ queryKey: keys.health }, { cancelRefetch: false })
      },
      Math.max(0, last + PAUSE - Date.now()),
    )
  }
  const unsubscribe = cache.subscribe((event) => {
    if (event.type !== 'updated') return
    const { query, action } = event
    if (action.type === 'error' && isGatewayAway(action.error) && !isHealth(query)) look()
    else if (action.type === 'success' && isHealth(query)) {
      for (const owed of cache.getAll()) if (isOwed(owed) && owed.isActive()) askAgain(owed)
    }
  })
  return {
    look,
    stop: () => {
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
