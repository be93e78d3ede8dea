import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

const PAUSE = 1_000
/** How often code is asked for of a server that answers and has it. */
const ATTEMPTS = 3

/** The server has another version of the application than the one that runs here. */
export class NewerVersion extends Error {
  override readonly name = 'NewerVersion'
}

/** Code that the server should have did not come. */
export class CodeMissing extends Error {
  override readonly name = 'CodeMissing'
}

const ENTRY = /<script[^>]+type="module"[^>]+src="([^"]+)"/
const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE))

/** The entry script that the server's page names, empty where it names none; undefined where no server answers. */
async function servedEntry(): Promise<string | undefined> {
  const reply = await fetch('/', { cache: 'no-store' }).catch(() => undefined)
  if (!reply?.ok) return undefined
  const page = await reply.text().catch(() => undefined)
  return page === undefined ? undefined : (ENTRY.exec(page)?.[1] ?? '')
}

const runningEntry = (): string | undefined =>
  document.querySelector('script[type=module][src]')?.getAttribute('src') ?? undefined

const listeners = new Set<() => void>()
/** Tells of each time that code did not come because the server does not answer. */
export const onServerAway = (listener: () => void): void => void listeners.add(listener)

/** One look at a time, whatever is waited for. */
let looking: Promise<string> | undefined
const answered = (): Promise<string> => {
  looking ??= (async () => {
    for (;;) {
      const entry = await servedEntry()
      if (entry !== undefined) return entry
      for (const listener of listeners) listener()
      await pause()
    }
  })().finally(() => {
    looking = undefined
  })
  return looking
}

/**
 * Fetches code that was left out of the first load. While the server does not answer it is waited for; rejects
 * with NewerVersion only where the server names another entry than the one that runs.
 */
export async function lateCode<Code>(load: () => Promise<Code>): Promise<Code> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await load()
    } catch (cause) {
      const entry = await answered()
      if (entry !== '' && entry !== runningEntry())
        throw new NewerVersion('the server has another version', { cause })
      if (entry === '' || attempt === ATTEMPTS) throw new CodeMissing(String(cause), { cause })
      if (attempt > 1) await pause()
    }
  }
}

/** A component whose code is fetched when it is first drawn; a server that is away meanwhile is waited for. */
// biome-ignore lint/suspicious/noExplicitAny: as React's own type of lazy components has it
export const lateComponent = <Component extends ComponentType<any>>(
  load: () => Promise<Component>,
): LazyExoticComponent<Component> => lazy(async () => ({ default: await lateCode(load) }))
