import { BackendClient } from '../backend/backend-client.ts'

/** The page of Jaeger's user interface is a few kB. */
const LIMITS = { ms: 5_000, bytes: 1_000_000, calls: 1 }
const AGAIN_MS = 600_000

/** What Jaeger writes into the page of its user interface: `v2.13.0`; undefined where it says none. */
export function versionIn(page: string): string | undefined {
  const said = /JAEGER_VERSION\s*=\s*(\{[^{}]{0,500}\})/.exec(page)?.[1]
  try {
    const { gitVersion } = JSON.parse(said ?? '{}') as { gitVersion?: unknown }
    return typeof gitVersion === 'string' && /^v?\d[\w.+-]{0,40}$/.test(gitVersion)
      ? gitVersion.replace(/^v/, '')
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Which version answers. The query APIs do not say it: the page of the user interface does, where it is served.
 * It is asked by a client of its own, so that an answer that is none is no fault of the backend.
 */
export class JaegerVersion {
  readonly #client: BackendClient
  #said: string | undefined
  #notBefore = 0

  constructor(address: {
    readonly baseUrl: string
    readonly headers: Readonly<Record<string, string>>
    readonly secrets: readonly string[]
  }) {
    this.#client = new BackendClient({ ...address, paths: ['/'] }, LIMITS)
  }

  /** As it was said last; undefined where it was not. */
  get said(): string | undefined {
    return this.#said
  }

  /** Asks, unless it was asked a short while ago. Never rejects: then it stays as it was. */
  async look(): Promise<void> {
    if (Date.now() < this.#notBefore) return
    this.#notBefore = Date.now() + AGAIN_MS
    try {
      this.#said = versionIn(await this.#client.text({ path: '/' }, new AbortController().signal))
    } catch {
      // Where no such page is served, nothing is said.
    }
  }
}
