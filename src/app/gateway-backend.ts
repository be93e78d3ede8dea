import type { Capabilities, SourceInfo } from '../domain/port/source-info.ts'
import { giveFeedback } from '../sources/remote/give-feedback.ts'
import { askHealth } from '../sources/remote/health.ts'
import { listSources, remoteSource } from '../sources/remote/remote-source.ts'
import type { Backend } from '../state/source-context.tsx'

const UNKNOWN: Capabilities = {
  sorts: [],
  ascending: false,
  filters: [],
  text: false,
  costs: {
    count: 'none',
    histogram: 'none',
    suggest: 'none',
    sessions: 'none',
    chatbots: 'none',
    aggregate: 'none',
  },
  payloads: 'single',
  pollMs: 30_000,
}

/** The sources of the gateway that serves this page. */
export function gatewayBackend(): Backend {
  const gateway = { baseUrl: '' }
  const opened = new Map<string, { info: string; source: ReturnType<Backend['open']> }>()
  return {
    listSources: (signal) => listSources(gateway, signal),
    giveFeedback: (feedback, signal) => giveFeedback(gateway, feedback, signal),
    health: (signal) => askHealth(gateway, signal),
    assume: (id) =>
      remoteSource({ id, label: id, kind: 'unknown', about: '', capabilities: UNKNOWN }, gateway),
    open: (info: SourceInfo) => {
      // The list is asked for again and again: a source stays the same while what it can do does.
      const { state: _, ...lasting } = info
      const text = JSON.stringify(lasting)
      const known = opened.get(info.id)
      if (known?.info === text) return known.source
      const source = remoteSource(lasting, gateway)
      opened.set(info.id, { info: text, source })
      return source
    },
  }
}
