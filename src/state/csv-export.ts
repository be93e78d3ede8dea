import { useSyncExternalStore } from 'react'
import { formatQuery } from '../domain/query/query-params.ts'
import type { TraceQuery } from '../domain/query/trace-query.ts'
import { PATHS, pathTo, withParams } from '../wire/api-paths.ts'
import { PARAMS } from '../wire/parameters.ts'

/** How far a CSV export is. Rows are lines of the file, two for most turns. */
export interface CsvExport {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly traces: number
  readonly rows: number
  /** In traces; absent where the source cannot tell. */
  readonly total?: number
  readonly message?: string
  /** Why the file does not hold everything. */
  readonly gaps?: readonly string[]
}

interface Running extends CsvExport {
  readonly id: string
}

const EVERY = 400
/** Asked this often in vain, an export counts as lost, ms. */
const PATIENCE = 15_000

let current: Running | null = null
const listeners = new Set<() => void>()

const settle = (next: Running | null) => {
  current = next
  for (const listener of listeners) listener()
}

const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0
const STATES = ['running', 'done', 'failed', 'cancelled'] as const

/** Reads the gateway's word on an export; undefined where it makes no sense. */
export function readProgress(reply: unknown): CsvExport | undefined {
  if (typeof reply !== 'object' || reply === null) return undefined
  const { state, traces, rows, total, message, gaps } = reply as Record<string, unknown>
  const known = STATES.find((each) => each === state)
  if (!known || !isCount(traces) || !isCount(rows)) return undefined
  return {
    state: known,
    traces,
    rows,
    ...(isCount(total) && { total }),
    ...(typeof message === 'string' && { message }),
    ...(Array.isArray(gaps) && { gaps: gaps.filter((fact) => typeof fact === 'string') }),
  }
}

/** crypto.randomUUID is there in secure contexts alone, and a gateway in a private network is none. */
const exportName = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const exportPath = (id: string) => pathTo(PATHS.export, { name: id })

async function follow(id: string) {
  let heard = Date.now()
  while (current?.id === id && current.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, EVERY))
    const reply = await fetch(exportPath(id)).catch(() => undefined)
    const progress = reply?.ok ? readProgress(await reply.json().catch(() => undefined)) : undefined
    if (current?.id !== id) return
    if (progress) {
      heard = Date.now()
      settle({ id, ...progress })
    } else if (Date.now() - heard > PATIENCE)
      settle({ ...current, state: 'failed', message: 'the gateway does not answer' })
  }
}

/** Starts the browser's own download of the query's traces and follows it. */
export function startCsvExport(source: string, query: TraceQuery): void {
  const id = exportName()
  const link = document.createElement('a')
  link.href = withParams(pathTo(PATHS.csv, { source }), formatQuery(query), { [PARAMS.export]: id })
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
  settle({ id, state: 'running', traces: 0, rows: 0 })
  follow(id)
}

/** Stops the export under way: the download breaks off. */
export function cancelCsvExport(): void {
  if (current?.state !== 'running') return
  const { id } = current
  settle({ ...current, state: 'cancelled' })
  fetch(exportPath(id), { method: 'DELETE' }).catch(() => {
    // The gateway is gone, and the download with it.
  })
}

/** Takes the word on the last export away. */
export const dismissCsvExport = (): void => settle(null)

const subscribe = (notify: () => void) => {
  listeners.add(notify)
  return () => listeners.delete(notify)
}

/** The last export, or null. It is followed over page changes. */
export const useCsvExport = (): CsvExport | null => useSyncExternalStore(subscribe, () => current)
