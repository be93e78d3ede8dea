import type { Feedback } from '../../domain/model/trace.ts'
import type { TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import {
  cursorPageIn,
  feedbackOfComment,
  feedbackOfScore,
  numberedPageIn,
  type TraceFeedback,
} from '../../formats/langfuse/api-replies.ts'
import { isNoSuchPath, type LangfuseApi, PATH, type Params } from './langfuse-api.ts'

type Said = ReadonlyMap<TraceId, readonly Feedback[]>

const PAGE = 100
const IDS_AT_ONCE = 100
const MOST_SCORE_PAGES = 20
/** Comments are few and are read together, now and then. */
const MOST_COMMENT_PAGES = 5
const COMMENTS_MS = 60_000

/** Adds what was said to what is known of each trace. */
function gather(into: Map<TraceId, Feedback[]>, said: Iterable<TraceFeedback>): void {
  for (const { traceId, feedback } of said) {
    const known = into.get(traceId)
    if (known) known.push(feedback)
    else into.set(traceId, [feedback])
  }
}

/** A server that does not offer something has none of it. */
const isNotOffered = (error: unknown): boolean =>
  isNoSuchPath(error) || (error instanceof SourceError && ['forbidden', 'not-found'].includes(error.kind))

/** Scores and comments of traces. */
export class FeedbackReader {
  readonly #api: LangfuseApi
  readonly #clock: () => number
  #comments: { readonly said: Said; readonly until: number } | undefined
  #scoresPath: typeof PATH.scores | typeof PATH.oldScores | undefined = PATH.scores

  constructor(api: LangfuseApi, clock: () => number) {
    this.#api = api
    this.#clock = clock
  }

  /** Of the newer API, asked for by the traces that they are about. */
  async ofTraces(ids: readonly TraceId[], signal: AbortSignal): Promise<Said> {
    const found = new Map<TraceId, Feedback[]>()
    if (ids.length === 0) return found
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
      gather(found, await this.#scoresOf(ids.slice(at, at + IDS_AT_ONCE), signal))
    return this.withComments(ids, found, signal)
  }

  /** Of the legacy API, which names no trace in the question: those since a moment, until all of `wanted` are found. */
  async since(
    from: string,
    wanted: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<{ readonly said: Said; readonly missing: number }> {
    const found = new Map<TraceId, Feedback[]>()
    const left = new Set(wanted)
    for (let page = 1; left.size > 0 && page <= MOST_SCORE_PAGES / 4; page++) {
      const reply = await this.#scorePage(page, from, signal)
      if (reply === undefined) break
      for (const score of reply.rows) if (left.delete(String(score.id))) gather(found, said(score))
      if (page >= reply.pages) break
    }
    return { said: found, missing: left.size }
  }

  /** Adds the comments on traces. */
  async withComments(ids: readonly TraceId[], scores: Said, signal: AbortSignal): Promise<Said> {
    const comments = await this.#commentsNow(signal)
    return new Map(
      ids.flatMap((id) => {
        const all = [...(scores.get(id) ?? []), ...(comments.get(id) ?? [])]
        return all.length > 0 ? [[id, all] as const] : []
      }),
    )
  }

  async #scoresOf(ids: readonly TraceId[], signal: AbortSignal): Promise<readonly TraceFeedback[]> {
    // A comma would end the id.
    const listed = ids.filter((id) => !id.includes(','))
    const found: TraceFeedback[] = []
    let cursor: string | undefined
    for (let pages = 0; pages < MOST_SCORE_PAGES; pages++) {
      const params: Params = [
        ['limit', String(PAGE)],
        ['fields', 'details,subject,annotation'],
        ['traceId', listed.join(',')],
        ...(cursor === undefined ? [] : [['cursor', cursor] as const]),
      ]
      try {
        const { value } = await this.#api.ask({ path: PATH.newScores, params }, cursorPageIn, signal, true)
        found.push(...value.rows.flatMap(said))
        cursor = value.cursor
      } catch (error) {
        if (!isNotOffered(error)) throw error
        return found
      }
      if (cursor === undefined) break
    }
    return found
  }

  async #scorePage(page: number, from: string, signal: AbortSignal) {
    const params: Params = [
      ['page', String(page)],
      ['limit', String(PAGE)],
      ['fromTimestamp', from],
    ]
    while (this.#scoresPath !== undefined) {
      try {
        return (await this.#api.ask({ path: this.#scoresPath, params }, numberedPageIn, signal, true)).value
      } catch (error) {
        if (!isNotOffered(error)) throw error
        this.#scoresPath = this.#scoresPath === PATH.scores ? PATH.oldScores : undefined
      }
    }
    return undefined
  }

  async #commentsNow(signal: AbortSignal): Promise<Said> {
    if (this.#comments && this.#comments.until > this.#clock()) return this.#comments.said
    const found = new Map<TraceId, Feedback[]>()
    try {
      for (let page = 1; page <= MOST_COMMENT_PAGES; page++) {
        const params: Params = [
          ['page', String(page)],
          ['limit', String(PAGE)],
          ['objectType', 'TRACE'],
        ]
        const reply = await this.#api.ask({ path: PATH.comments, params }, commentsIn, signal, true)
        gather(
          found,
          reply.value.rows.flatMap((comment) => feedbackOfComment(comment) ?? []),
        )
        if (page >= reply.value.pages) break
      }
    } catch (error) {
      if (!isNotOffered(error) && !(error instanceof SourceError && error.kind === 'bad-request')) throw error
    }
    this.#comments = { said: found, until: this.#clock() + COMMENTS_MS }
    return found
  }
}

const said = (score: Readonly<Record<string, unknown>>): readonly TraceFeedback[] => {
  const one = feedbackOfScore(score)
  return one ? [one] : []
}

/** Older servers leave out the pages of an empty list. */
const commentsIn = (reply: unknown) =>
  numberedPageIn(reply) ??
  (Array.isArray((reply as { data?: unknown } | null)?.data) ? { rows: [], pages: 0, items: 0 } : undefined)
