import { useQuery } from '@tanstack/react-query'
import { isGatewayAway } from '../domain/port/source-error.ts'
import { keys } from './queries.ts'
import { useBackend } from './source-context.tsx'

const EVERY_MS = 15_000
/** While something is wrong, so that the notice goes soon after it is over. */
const WHILE_WRONG_MS = 3_000
const WHILE_AWAY_MS = 1_000

/** `away`: the gateway does not answer. `store`: it does, and says what its store cannot do. */
export type Trouble = { readonly is: 'away' } | { readonly is: 'store'; readonly reason: string }

/** What is wrong with the gateway that serves this page; undefined where nothing is, or it does not say. */
export function useTrouble(): Trouble | undefined {
  const backend = useBackend()
  const { data, error } = useQuery({
    queryKey: keys.health,
    queryFn: ({ signal }) => backend.health(signal),
    refetchInterval: ({ state }) => {
      if (isGatewayAway(state.error)) return WHILE_AWAY_MS
      return state.data === undefined || state.data.status === 'ok' ? EVERY_MS : WHILE_WRONG_MS
    },
    retry: false,
  })
  if (isGatewayAway(error)) return { is: 'away' }
  if (error || data === undefined || data.status === 'ok') return undefined
  return { is: 'store', reason: data.reason ?? 'the store is not available' }
}
