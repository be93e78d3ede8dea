import { isGatewayAway, SourceError, type SourceErrorKind } from '../domain/port/source-error.ts'

/** What happened and what one can do, in words. */
export interface Advice {
  readonly title: string
  readonly advice: string
  /** Why a part of a page is missing, to stand behind its name: `Spans: …`. */
  readonly line: string
  /** The fact as the source gave it. */
  readonly detail: string
  /** `retry` = asking again may help; `sign-in` = a token is wanted; `edit` = the question must change. */
  readonly remedy: 'retry' | 'sign-in' | 'edit' | 'none'
  readonly retryAfterMs?: number
}

type Words = Pick<Advice, 'title' | 'advice' | 'line' | 'remedy'>

const WORDS: Record<SourceErrorKind, Words> = {
  'bad-request': {
    title: 'Invalid filter',
    advice: 'Remove the filter named below, or clear all filters.',
    line: 'the source did not understand the question',
    remedy: 'edit',
  },
  unauthorized: {
    title: 'Sign in to see these traces',
    advice: 'This server, or the backend of this source, needs a valid token.',
    line: 'the source wants valid credentials',
    remedy: 'sign-in',
  },
  forbidden: {
    title: 'Not allowed',
    advice:
      'The credentials of this source are valid but may not read these traces. Check their permissions.',
    line: 'our credentials may not read them',
    remedy: 'none',
  },
  'not-found': {
    title: 'Not found',
    advice: 'It may have been deleted, be older than the retention period, or be in another source.',
    line: 'none were found in the source that should have them',
    remedy: 'none',
  },
  'not-yet': {
    title: 'Not here yet',
    advice: 'The trace is known but has not fully arrived. Backends often need some seconds.',
    line: 'not arrived yet; asking again by itself',
    remedy: 'retry',
  },
  'rate-limited': {
    title: 'Too many requests',
    advice: 'The backend limits how often it can be asked. Wait a moment, then try again.',
    line: 'the source limits how often it can be asked',
    remedy: 'retry',
  },
  timeout: {
    title: 'No answer in time',
    advice: 'A shorter time range or fewer filters are faster. Then try again.',
    line: 'the source did not answer in time',
    remedy: 'retry',
  },
  unreachable: {
    title: 'Cannot be reached',
    advice: 'Check that the backend of this source is running and that its address is right.',
    line: 'the source cannot be reached',
    remedy: 'retry',
  },
  'bad-reply': {
    title: 'Unexpected answer',
    advice: 'Something other than the expected backend may be running at its address.',
    line: 'the source answered something that is not readable',
    remedy: 'retry',
  },
  unsupported: {
    title: 'This source cannot do that',
    advice: 'Remove the sort or the filter named below, or choose another source.',
    line: 'the source cannot give them',
    remedy: 'edit',
  },
}

/** The gateway that serves this page; `watchGateway` asks again until it is back. */
const AWAY: Words = {
  title: 'The server does not answer',
  advice: 'Trying again; what is missing appears once it is back.',
  line: 'the server does not answer; trying again',
  remedy: 'retry',
}

/** Where not the reader but this Turnscope was refused: signing in would not help. */
const REFUSED: Words = {
  title: 'The backend refuses our credentials',
  advice: 'Check the token or the password that this Turnscope was given for this source.',
  line: 'the backend wants valid credentials',
  remedy: 'retry',
}

const wordsFor = ({ kind, message }: SourceError): Words =>
  kind === 'unauthorized' && message.startsWith('the backend answered') ? REFUSED : WORDS[kind]

/** Words for a failure; for what is no SourceError, that something went wrong here. */
export function adviceFor(error: unknown): Advice {
  if (error instanceof SourceError) {
    const { message, retryAfterMs } = error
    const words = isGatewayAway(error) ? AWAY : wordsFor(error)
    return { ...words, detail: message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
  return {
    title: 'Something went wrong on this page',
    advice: 'Reload the page. If it happens again, the text below helps to find the fault.',
    line: 'could not be shown',
    detail: error instanceof Error ? error.message : String(error),
    remedy: 'retry',
  }
}

/** Where to sign in and come back from. */
export const signInHref = (): string =>
  `/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`
