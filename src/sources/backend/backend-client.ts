import { microsFromMillis } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import type { RateLimit, SourceState } from '../../domain/port/source-info.ts'
import { pause } from '../pause.ts'
import { failureOf } from './backend-failure.ts'
import { CallSlots } from './call-slots.ts'
import { quotaOf, quotaWaitOf, retryAfterOf } from './rate-limit.ts'

export interface BackendLimits {
  /** From asking to the last byte. */
  readonly ms: number
  /** Bytes of a reply, unpacked. */
  readonly bytes: number
  /** Calls at a time, and calls that wait for a turn. */
  readonly calls: number
  readonly waiting: number
  /** So long a call waits for a backend that asks for patience; a longer wait is an error that says so. */
  readonly patienceMs: number
  /** Before asking again after a failure: about half of it to all of it. */
  readonly backOffMs: number
}

const DEFAULT_LIMITS: BackendLimits = {
  ms: 20_000,
  bytes: 64_000_000,
  calls: 4,
  waiting: 200,
  patienceMs: 5_000,
  backOffMs: 500,
}

export interface BackendAddress {
  /** With its base path, without a trailing slash. */
  readonly baseUrl: string
  /** The only paths that are asked for, below the base: `/api/traces/:id`, where `:…` is one segment. */
  readonly paths: readonly string[]
  /** Added to every call, here and nowhere else: credentials, a tenant. */
  readonly headers: Readonly<Record<string, string>>
  /** Texts that no message may repeat. */
  readonly secrets: readonly string[]
}

/** A call: one of the allowed paths, its ids, its parameters. */
export interface BackendCall {
  readonly path: string
  readonly ids?: Readonly<Record<string, string>>
  readonly params?: Iterable<readonly [string, string]>
  /** Where this one needs others than the client's. */
  readonly limits?: Partial<Pick<BackendLimits, 'ms' | 'bytes'>>
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** What is read of a reply that says no. */
const MOST_OF_A_FAILURE = 16_384

const mayPass = (error: unknown): boolean =>
  error instanceof SourceError && ['rate-limited', 'unreachable'].includes(error.kind)

/**
 * The one way to a backend: GET alone, of allowed paths alone, bounded in time, size and number, patient where
 * the backend asks for it. Every failure is a SourceError that names no address and no secret.
 */
export class BackendClient {
  readonly #address: BackendAddress
  readonly #limits: BackendLimits
  readonly #slots: CallSlots
  /** Before this moment (ms) the backend wants to be left alone. */
  #closedUntil = 0
  #rateLimit: RateLimit | undefined
  #state: SourceState = { reachable: true, checkedAt: microsFromMillis(Date.now()) }

  constructor(address: BackendAddress, limits: Partial<BackendLimits> = {}) {
    this.#address = address
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#slots = new CallSlots(this.#limits.calls, this.#limits.waiting)
  }

  /** How the backend was when it was last asked. */
  get state(): SourceState {
    return {
      ...this.#state,
      ...(this.#rateLimit && { rateLimit: this.#rateLimit }),
      ...(this.#closedUntil > Date.now() && { retryAt: microsFromMillis(this.#closedUntil) }),
    }
  }

  /** A reply's body as text, whole. One more try where the failure may be a passing one. */
  async text(call: BackendCall, signal: AbortSignal): Promise<string> {
    const parts: Uint8Array[] = []
    for await (const part of this.stream(call, signal)) parts.push(part)
    return new TextDecoder().decode(Buffer.concat(parts))
  }

  /** A reply's body as it comes, for what is too large to hold twice. It keeps its slot until it is read. */
  async *stream(call: BackendCall, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const url = this.#urlOf(call)
    const limits = { ...this.#limits, ...call.limits }
    await this.#slots.take(signal)
    try {
      const timeUp = AbortSignal.timeout(limits.ms)
      const either = AbortSignal.any([signal, timeUp])
      try {
        const response = await this.#ask(call.path, url, either)
        let bytes = 0
        for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
          bytes += part.length
          if (bytes > limits.bytes) {
            throw new SourceError(
              'bad-reply',
              `the backend's reply to ${call.path} is larger than ${limits.bytes} bytes`,
            )
          }
          yield part
        }
        this.#note()
      } catch (error) {
        signal.throwIfAborted()
        throw this.#failed(error, call.path, timeUp.aborted ? limits.ms : undefined)
      }
    } finally {
      this.#slots.free()
    }
  }

  #urlOf({ path, ids = {}, params }: BackendCall): string {
    if (!this.#address.paths.includes(path))
      throw new TypeError(`${path} is no path that a backend is asked for`)
    const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
      const id = ids[name] ?? ''
      // A segment of dots would climb out of the path.
      if (id === '' || /^\.{1,2}$/.test(id)) throw new SourceError('not-found', `no such ${name}`)
      return encodeURIComponent(id)
    })
    const search = new URLSearchParams([...(params ?? [])].map(([name, value]) => [name, value])).toString()
    return `${this.#address.baseUrl}${filled}${search === '' ? '' : `?${search}`}`
  }

  async #ask(path: string, url: string, signal: AbortSignal): Promise<Response> {
    try {
      return await this.#askOnce(path, url, signal)
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error
      const told = (error as SourceError).retryAfterMs
      if (told !== undefined && told > this.#limits.patienceMs) throw error
      const backOff = this.#limits.backOffMs * (0.5 + Math.random() / 2)
      await pause(Math.max(told ?? 0, backOff), signal)
      return await this.#askOnce(path, url, signal)
    }
  }

  async #askOnce(path: string, url: string, signal: AbortSignal): Promise<Response> {
    await this.#untilOpen(signal)
    let response: Response
    try {
      response = await fetch(url, {
        method: 'GET',
        headers: { accept: 'application/json', ...this.#address.headers },
        redirect: 'manual',
        signal,
      })
    } catch (cause) {
      signal.throwIfAborted()
      throw new SourceError('unreachable', 'the backend cannot be reached', { cause })
    }
    const now = Date.now()
    const wait = quotaWaitOf(response.headers, now)
    this.#rateLimit = quotaOf(response.headers, now) ?? this.#rateLimit
    if (wait !== undefined) this.#close(now + wait)
    if (response.ok) return response
    if (REDIRECTS.has(response.status)) {
      await response.body?.cancel()
      // Credentials are for the address that was set, not for where it points.
      throw new SourceError(
        'bad-reply',
        `the backend answered ${path} with a redirect: set its final address`,
      )
    }
    const told = retryAfterOf(response.headers, now) ?? (response.status === 429 ? wait : undefined)
    if (told !== undefined) this.#close(now + told)
    throw failureOf(response.status, path, await beginningOf(response), told, this.#address.secrets)
  }

  #close(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until)
  }

  /** Whoever comes while the backend wants to be left alone waits a little, or is told how long it would be. */
  async #untilOpen(signal: AbortSignal): Promise<void> {
    const left = this.#closedUntil - Date.now()
    if (left <= 0) return
    if (left > this.#limits.patienceMs) {
      throw new SourceError('rate-limited', 'the backend limits how often it is asked', {
        retryAfterMs: left,
      })
    }
    await pause(left, signal)
  }

  #failed(error: unknown, path: string, overMs: number | undefined): unknown {
    const failure =
      overMs !== undefined
        ? new SourceError('timeout', `the backend did not answer ${path} within ${overMs} ms`, {
            cause: error,
          })
        : error instanceof SourceError
          ? error
          : new SourceError('unreachable', `the backend's reply to ${path} broke off`, { cause: error })
    this.#note(failure)
    return failure
  }

  #note(failure?: SourceError): void {
    const checkedAt = microsFromMillis(Date.now())
    const reachable = failure === undefined || !['unreachable', 'timeout'].includes(failure.kind)
    // What is not there, or was asked wrongly, is no fault of the backend.
    const isFault = failure !== undefined && !['not-found', 'bad-request'].includes(failure.kind)
    this.#state = { reachable, checkedAt, ...(isFault && { lastError: failure.message }) }
  }
}

/** The beginning of a failure's body, as far as it tells anything. */
async function beginningOf(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true })
      if (text.length >= MOST_OF_A_FAILURE) break
    }
  } catch {
    // What broke off says what it said.
  }
  return text
}
