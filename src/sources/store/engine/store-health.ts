import { engineMessage } from './connections.ts'

/** What is wrong with a store, as a fact for everyone: names no file. */
export interface Trouble {
  readonly status: 'disk-full' | 'disk-failing' | 'damaged' | 'gone' | 'failing'
  readonly reason: string
}

export type StoreHealth = { readonly status: 'ok' } | Trouble

const DAMAGED: Trouble = {
  status: 'damaged',
  reason: 'parts of the data file are damaged: some turns cannot be read',
}

/** How the engine and the system below it word what concerns more than one question, in order of precedence. */
const WORDINGS: readonly (readonly [RegExp, Trouble])[] = [
  [
    /No space left|File too large|quota exceeded|not enough space/i,
    { status: 'disk-full', reason: 'the disk is full: new turns cannot be kept' },
  ],
  [/computed checksum|corrupt/i, DAMAGED],
  [
    /IO Error|Could not (?:write|read|open|sync|truncate|remove)|fsync|Input\/output error|Read-only file system/i,
    { status: 'disk-failing', reason: 'the disk fails to read or write' },
  ],
  [
    /FATAL Error|has been invalidated/i,
    { status: 'failing', reason: 'the store failed and is being opened again' },
  ],
]

export const GONE: Trouble = {
  status: 'gone',
  reason: 'the data folder is no longer where it was: new turns cannot be kept',
}

/** Whether the engine refuses everything from now on, until it is opened again. */
export const isInvalid = (error: unknown): boolean =>
  /FATAL Error|has been invalidated/i.test(error instanceof Error ? error.message : String(error))

/** What an error of the engine's says of the whole store, or null where it concerns one statement alone. */
export function troubleOf(error: unknown): Trouble | null {
  const message = error instanceof Error ? error.message : String(error)
  return WORDINGS.find(([wording]) => wording.test(message))?.[1] ?? null
}

/** A path of this machine, in quotes or bare. */
const PATHS: readonly (readonly [RegExp, string])[] = [
  [/(["'`])(?:\/|[A-Za-z]:[\\/])[^"'`]*\1/g, 'a file'],
  [/(^|[\s(=])\/[^\s"'`:,)]+/g, '$1a file'],
]

/** The first line of what the engine says, without the paths of this machine: for replies. */
export const publicMessage = (error: unknown): string =>
  troubleOf(error)?.reason ??
  PATHS.reduce((message, [path, instead]) => message.replace(path, instead), engineMessage(error))
