import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { GivenFeedback } from '../domain/model/given-feedback.ts'
import type { SourceInfo } from '../domain/port/source-info.ts'
import type { TraceSource } from '../domain/port/trace-source.ts'
import type { Health } from '../wire/health.ts'

/** Where sources come from: the gateway, or a stand-in in a test. */
export interface Backend {
  readonly listSources: (signal: AbortSignal) => Promise<readonly SourceInfo[]>
  /** Whether traces are taken and questions answered. Rejects where that cannot be told. */
  readonly health: (signal: AbortSignal) => Promise<Health>
  /** A source that is not known to be there yet, for a first question. */
  readonly assume: (id: string) => TraceSource
  /** The same info gives the same source. */
  readonly open: (info: SourceInfo) => TraceSource
  /** Keeps what a reader thinks of a turn; the same id again replaces it. */
  readonly giveFeedback: (feedback: GivenFeedback, signal?: AbortSignal) => Promise<void>
}

const BackendContext = createContext<Backend | null>(null)
const SourceContext = createContext<SourceControl | null>(null)

export interface SourceControl {
  /** The source of the address. */
  readonly source: TraceSource
  /** All sources that there are now. */
  readonly sources: readonly SourceInfo[]
  /** Another source by id: a turn's spans may live elsewhere. */
  readonly open: (id: string) => TraceSource | undefined
}

export function BackendProvider({
  backend,
  children,
}: {
  readonly backend: Backend
  readonly children: ReactNode
}) {
  return <BackendContext value={backend}>{children}</BackendContext>
}

/** The way to the sources. */
export function useBackend(): Backend {
  const backend = useContext(BackendContext)
  if (!backend) throw new Error('no BackendProvider above this component')
  return backend
}

/** Gives the pages below their source. */
export function SourceProvider({
  info,
  sources,
  children,
}: {
  readonly info: SourceInfo
  readonly sources: readonly SourceInfo[]
  readonly children: ReactNode
}) {
  const backend = useBackend()
  const control = useMemo<SourceControl>(
    () => ({
      source: backend.open(info),
      sources,
      open: (id) => {
        const wanted = sources.find((one) => one.id === id)
        return wanted && backend.open(wanted)
      },
    }),
    [backend, info, sources],
  )
  return <SourceContext value={control}>{children}</SourceContext>
}

/** The source of the current address, and the others. */
export function useSource(): SourceControl {
  const control = useContext(SourceContext)
  if (!control) throw new Error('no SourceProvider above this component')
  return control
}
