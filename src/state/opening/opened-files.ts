import { useSyncExternalStore } from 'react'
import type { ImportReport } from './import-reply.ts'

/** Where files are kept that are opened: always the embedded store. */
export const IMPORT_SOURCE = 'local'

/** One opened file and how far it is. */
export interface OpenedFile {
  readonly id: number
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** Bytes that the gateway took. */
  readonly sent: number
  /** Once it is read; of a failed file what came in before. */
  readonly report?: ImportReport
  /** Why it failed. */
  readonly message?: string
}

/** Whether there is more to come of a file. */
export const isUnderWay = ({ state }: OpenedFile): boolean => state === 'waiting' || state === 'running'

let files: readonly OpenedFile[] = []
const listeners = new Set<() => void>()

/** The files of the last time, in the order in which they were opened. */
export const openedFiles = (): readonly OpenedFile[] => files

/** Replaces what is known of opened files, and tells. */
export const settleOpenedFiles = (next: readonly OpenedFile[]): void => {
  files = next
  for (const listener of listeners) listener()
}

const subscribe = (notify: () => void) => {
  listeners.add(notify)
  return () => listeners.delete(notify)
}

/** The same, followed; what brings files in (`file-import.ts`) is fetched with the first. */
export const useOpenedFiles = (): readonly OpenedFile[] => useSyncExternalStore(subscribe, openedFiles)
