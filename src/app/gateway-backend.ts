import type { Capabilities, SourceInfo } from '../domain/port/trace-source.ts'
import { listSources, remoteSource } from '../sources/remote/remote-source.ts'
import type { Backend } from '../state/source-context.tsx'

const UNKNOWN: Capabilities = {
  sorts: [],
  ascending: false,
  counts: false,
  filters: [],
  text: false,
  suggest: false,
  sessions: false,
  chatbots: false,
}

/** The sources of the gateway that serves this page. */
export function gatewayBackend(): Backend {
  const gateway = { baseUrl: '' }
  const opened = new Map<string, { info: string; source: ReturnType<Backend['open']> }>()
  return {
    listSources: (signal) => listSources(gateway, signal),
    assume: (id) => remoteSource({ id, label: id, kind: 'store', capabilities: UNKNOWN }, gateway),
    open: (info: SourceInfo) => {
      // The list is asked for again and again: a source stays the same while what it can do does.
      const text = JSON.stringify(info)
      const known = opened.get(info.id)
      if (known?.info === text) return known.source
      const source = remoteSource(info, gateway)
      opened.set(info.id, { info: text, source })
      return source
    },
  }
}
