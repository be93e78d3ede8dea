import { useQuery } from '@tanstack/react-query'
import { useBackend } from './source-context.tsx'

const EVERY_MS = 15_000
/** While something is wrong, so that the notice goes soon after it is over. */
const WHILE_WRONG_MS = 3_000

/** What is wrong with the store of the gateway that serves this page; undefined where nothing is, or it does not say. */
export function useTrouble(): string | undefined {
  const backend = useBackend()
  const { data, isError } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => backend.health(signal),
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.status === 'ok' ? EVERY_MS : WHILE_WRONG_MS,
    retry: false,
  })
  if (isError || data === undefined || data.status === 'ok') return undefined
  return data.reason ?? 'the store is not available'
}
