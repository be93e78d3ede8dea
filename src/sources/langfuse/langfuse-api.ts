import { setImmediate } from 'node:timers/promises'
import { SourceError } from '../../domain/port/source-error.ts'
import type { SourceState } from '../../domain/port/source-info.ts'
import {
  cursorPageIn,
  numberedPageIn,
  type Project,
  projectIn,
  versionIn,
} from '../../formats/langfuse/api-replies.ts'
import type { BackendCall, BackendClient } from '../backend/backend-client.ts'
import { SharedWork } from '../shared-work.ts'

const PUBLIC = '/api/public'
export const PATH = {
  health: `${PUBLIC}/health`,
  projects: `${PUBLIC}/projects`,
  comments: `${PUBLIC}/comments`,
  rows: `${PUBLIC}/v2/observations`,
  newScores: `${PUBLIC}/v3/scores`,
  traces: `${PUBLIC}/traces`,
  trace: `${PUBLIC}/traces/:traceId`,
  observations: `${PUBLIC}/observations`,
  scores: `${PUBLIC}/v2/scores`,
  oldScores: `${PUBLIC}/scores`,
} as const

/** The paths that Langfuse is asked for: its keys can write too, so nothing else may leave. */
export const LANGFUSE_PATHS: readonly string[] = Object.values(PATH)

/** Langfuse's two read APIs: servers from version 4 on lack the older one unless they are told to keep it. */
export type DialectName = 'v4' | 'legacy'

export type Params = readonly (readonly [string, string])[]

export interface Reply<Value> {
  readonly value: Value
  /** Characters of the reply. */
  readonly size: number
}

const isSourceError = (error: unknown): error is SourceError => error instanceof SourceError

const answered =
  (status: number) =>
  (error: unknown): boolean =>
    isSourceError(error) && error.message.includes(` answered ${status} to `)
/** That the server gave up on a question, or we did: a smaller one may do. */
export const isTooMuch = (error: unknown): boolean =>
  isSourceError(error) &&
  (error.kind === 'timeout' || answered(422)(error) || error.message.includes(' is larger than '))

/** A 404 that is about the path: an unknown one answers with a page, one that was ended says so. */
export const isNoSuchPath = (error: unknown): boolean =>
  isSourceError(error) &&
  error.kind === 'not-found' &&
  (/events_only/.test(error.message) || /^the backend answered 404 to \S+$/.test(error.message))

const isGone = (error: unknown): boolean =>
  isSourceError(error) && (error.kind === 'not-found' || / answered (404|405|410) to /.test(error.message))

/** Long enough for any project; a probe must have a range all the same. */
const PROBE_MS = 3_600_000

const probes: Readonly<Record<DialectName, (now: number) => BackendCall>> = {
  v4: (now) => ({
    path: PATH.rows,
    params: [
      ['limit', '1'],
      ['fields', 'core'],
      ['fromStartTime', new Date(now - PROBE_MS).toISOString()],
      ['toStartTime', new Date(now).toISOString()],
    ],
  }),
  legacy: (now) => ({
    path: PATH.traces,
    params: [
      ['page', '1'],
      ['limit', '1'],
      ['fromTimestamp', new Date(now - PROBE_MS).toISOString()],
      ['toTimestamp', new Date(now).toISOString()],
    ],
  }),
}

const ANSWERS: Readonly<Record<DialectName, (reply: unknown) => unknown>> = {
  v4: cursorPageIn,
  legacy: numberedPageIn,
}

/** Runs a decoder that pauses to its end, so that others get their turn. */
export async function inTurns<Result>(
  steps: Generator<unknown, Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await setImmediate()
    signal.throwIfAborted()
  }
}

/**
 * Langfuse's API: which dialect the server speaks is found out once, and again where it stops answering in it, as
 * one does that was upgraded meanwhile.
 */
export class LangfuseApi {
  readonly #client: BackendClient
  readonly #clock: () => number
  #dialect: DialectName | undefined
  #finding: SharedWork<DialectName> | undefined
  #version: string | undefined
  #project: Project | undefined
  #odd: string | undefined

  constructor(client: BackendClient, clock: () => number) {
    this.#client = client
    this.#clock = clock
  }

  get project(): Project | undefined {
    return this.#project
  }

  get state(): SourceState {
    const { state } = this.#client
    const project = this.#project?.name ?? this.#project?.id
    return {
      ...state,
      ...(this.#version !== undefined && { version: this.#version }),
      ...(this.#dialect && { dialect: this.#dialect }),
      ...(project !== undefined && { project }),
      ...(this.#odd !== undefined && state.lastError === undefined && { lastError: this.#odd }),
    }
  }

  /** Which dialect there is. Those who ask at the same time wait for one finding out. */
  async dialect(signal: AbortSignal): Promise<DialectName> {
    signal.throwIfAborted()
    if (this.#dialect !== undefined) return this.#dialect
    if (this.#finding === undefined || this.#finding.abandoned) {
      const finding: SharedWork<DialectName> = new SharedWork(async (shared) => {
        try {
          return await this.#find(shared)
        } finally {
          if (this.#finding === finding) this.#finding = undefined
        }
      })
      this.#finding = finding
    }
    return this.#finding.join(signal)
  }

  /** Whether a dialect is still the one that is spoken, as far as is known. */
  speaks(dialect: DialectName): boolean {
    return this.#dialect === dialect
  }

  /**
   * Asks, and reads the reply with `parse`, which gives undefined for what is none. A path that is gone makes the
   * dialect be found out again; `optional` paths are missing in some versions of a dialect.
   */
  async ask<Value>(
    call: BackendCall,
    parse: (reply: unknown) => Value | undefined,
    signal: AbortSignal,
    optional = false,
  ): Promise<Reply<Value>> {
    let text: string
    try {
      text = await this.#client.text(call, signal)
    } catch (error) {
      if (!optional && isNoSuchPath(error)) this.#forget(`the server no longer answers ${call.path}`)
      throw error
    }
    const value = parsed(text, parse)
    if (value === undefined) {
      const fact = `the backend's reply to ${call.path} is not what Langfuse's API answers`
      if (!optional) this.#forget(fact)
      throw new SourceError('bad-reply', fact)
    }
    this.#odd = undefined
    return { value, size: text.length }
  }

  #forget(fact: string): void {
    this.#dialect = undefined
    this.#odd = fact
  }

  async #find(signal: AbortSignal): Promise<DialectName> {
    this.#version = await this.#optionally(PATH.health, versionIn, signal)
    const isNew = Number.parseInt(this.#version ?? '0', 10) >= 4
    const order: readonly DialectName[] = isNew ? ['v4', 'legacy'] : ['legacy', 'v4']
    for (const name of order) {
      if (!(await this.#answers(name, signal))) continue
      this.#odd = undefined
      this.#project ??= await this.#optionally(PATH.projects, projectIn, signal)
      this.#dialect = name
      return name
    }
    this.#odd = `neither ${PATH.rows} nor ${PATH.traces} answers as Langfuse's API does`
    throw new SourceError('bad-reply', this.#odd)
  }

  async #answers(name: DialectName, signal: AbortSignal): Promise<boolean> {
    try {
      return parsed(await this.#client.text(probes[name](this.#clock()), signal), ANSWERS[name]) !== undefined
    } catch (error) {
      if (isGone(error) || (isSourceError(error) && ['bad-request', 'bad-reply'].includes(error.kind)))
        return false
      throw error
    }
  }

  /** What is good to know, and not needed. */
  async #optionally<Value>(
    path: string,
    parse: (reply: unknown) => Value | undefined,
    signal: AbortSignal,
  ): Promise<Value | undefined> {
    try {
      return parsed(await this.#client.text({ path }, signal), parse)
    } catch (error) {
      signal.throwIfAborted()
      // Whoever does not answer at all is not asked for more.
      if (
        isSourceError(error) &&
        ['unreachable', 'timeout', 'unauthorized', 'rate-limited'].includes(error.kind)
      )
        throw error
      return undefined
    }
  }
}

function parsed<Value>(text: string, parse: (reply: unknown) => Value | undefined): Value | undefined {
  let reply: unknown
  try {
    reply = JSON.parse(text)
  } catch {
    return undefined
  }
  return parse(reply)
}
