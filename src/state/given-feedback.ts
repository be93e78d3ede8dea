import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { GivenFeedback } from '../domain/model/given-feedback.ts'
import type { Feedback } from '../domain/model/trace.ts'
import { type Micros, microsFromMillis, type TraceId } from '../domain/model/units.ts'
import { keys } from './queries.ts'
import { useBackend, useSource } from './source-context.tsx'

const KEY = 'turnscope.reader'
/** What the gateway takes as an id. */
const LONGEST_ID = 200

/** This browser, by a name that says nothing of it: a reader who thinks again replaces what was said. */
function readerName(): string {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  try {
    const known = localStorage.getItem(KEY)
    if (known !== null && /^[0-9a-f]{16}$/.test(known)) return known
    localStorage.setItem(KEY, made)
  } catch {
    // Without storage every page load is a reader of its own.
  }
  return made
}

/** What a reader says of a turn. */
export type ReaderFeedback = Pick<Feedback, 'name' | 'value' | 'comment'>

/**
 * Feedback as it is sent. Of one reader's ratings of a turn the last of each name counts; comments are kept each.
 * @param now µs
 */
export const givenBy = (
  reader: string,
  traceId: TraceId,
  said: ReaderFeedback,
  now: Micros,
): GivenFeedback => ({
  id: `${reader}.${said.value === undefined ? now : said.name}.${traceId}`.slice(-LONGEST_ID),
  traceId,
  ...said,
  time: now,
})

/** Gives feedback on a turn of the page's source; the turn is asked for again once it is kept. */
export function useGiveFeedback(traceId: TraceId): UseMutationResult<void, Error, ReaderFeedback> {
  const backend = useBackend()
  const { source } = useSource()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (said) =>
      backend.giveFeedback(givenBy(readerName(), traceId, said, microsFromMillis(Date.now()))),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.trace(source.info.id, traceId) }),
  })
}
