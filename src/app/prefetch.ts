import type { QueryClient } from '@tanstack/react-query'
import { matchPath } from 'react-router-dom'
import { isPrintableId, traceId } from '../domain/model/units.ts'
import type { SourceInfo } from '../domain/port/source-info.ts'
import { readView } from '../state/location.ts'
import { keys, prefetchList, prefetchTrace } from '../state/queries.ts'
import type { Backend } from '../state/source-context.tsx'
import { PAGES } from './pages.tsx'

/** What a pointer or the focus is on: a link, or a row that leads where its link does. */
const linkAt = ({ target }: Event): HTMLAnchorElement | null => {
  if (!(target instanceof Element)) return null
  return target.closest('a[href]') ?? target.closest('[data-trace]')?.querySelector('a[href]') ?? null
}

const pageAt = (link: HTMLAnchorElement) => {
  if (link.origin !== window.location.origin) return undefined
  for (const page of PAGES) {
    const match = matchPath(`/:source/${page.path}`, link.pathname)
    if (match) return { page, params: match.params as Readonly<Record<string, string | undefined>> }
  }
  return undefined
}

/**
 * Asks for what the address shows before React has started: for the list of an address, without waiting to
 * be told that its source is there.
 */
export function prefetchAddress(client: QueryClient, backend: Backend): void {
  void client.prefetchQuery({
    queryKey: keys.sources,
    queryFn: ({ signal }) => backend.listSources(signal),
    staleTime: 30_000,
  })
  const id = matchPath('/:source/traces', window.location.pathname)?.params.source
  const view = readView(window.location.search)
  if (id && isPrintableId(id) && view.problems.length === 0)
    prefetchList(client, backend.assume(id), view.query)
}

/**
 * Fetches what a click is about to need: a page's code once its link is pointed at, a turn and its spans once
 * the button goes down. A failure is the page's to show, when it asks itself.
 */
export function prefetchOnIntent(client: QueryClient, backend: Backend): void {
  const fetchCode = (event: Event) => {
    const link = linkAt(event)
    if (link)
      pageAt(link)
        ?.page.fetchCode?.()
        .catch(() => undefined)
  }
  const ask = (event: PointerEvent) => {
    const link = event.button === 0 && event.target instanceof Element ? event.target.closest('a') : null
    const params = link && pageAt(link)?.params
    if (!params?.traceId || !isPrintableId(params.traceId)) return
    const sources = client.getQueryData<readonly SourceInfo[]>(keys.sources)
    const info = sources?.find(({ id }) => id === params.source)
    if (info) prefetchTrace(client, backend.open(info), traceId(params.traceId))
  }
  const passive = { capture: true, passive: true } as const
  document.addEventListener('pointerover', fetchCode, passive)
  document.addEventListener('focusin', fetchCode, passive)
  document.addEventListener('pointerdown', fetchCode, passive)
  document.addEventListener('pointerdown', ask, passive)
}
