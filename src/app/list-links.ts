import { useMemo } from 'react'
import { useLocation } from 'react-router-dom'
import { NEWEST_FIRST } from '../domain/query/trace-query.ts'
import { readView, viewSearch } from '../state/location.ts'
import { useSource } from '../state/source-context.tsx'
import { PAGES } from './pages.tsx'

/** Pages that are narrowed by the same filters. */
const LIST = /^\/[^/]+\/(traces|sessions|chatbots|insights)\/?$/

/** The query string that a list's filters go on with on another list; its order is its own. */
export function carriedSearch(pathname: string, search: string): string {
  if (!LIST.test(pathname)) return ''
  const { query, problems } = readView(search)
  return problems.length > 0 ? '' : viewSearch({ query: { ...query, sort: NEWEST_FIRST } })
}

/** The navigation's links: filters of one list go along to the others. */
export function useListLinks(): readonly { readonly name: string; readonly to: string }[] {
  const { id, capabilities } = useSource().source.info
  const { pathname, search } = useLocation()
  const carried = useMemo(() => carriedSearch(pathname, search), [pathname, search])
  return PAGES.flatMap(({ path, name, offered }) =>
    name && (offered?.(capabilities) ?? true)
      ? [{ name, to: `/${encodeURIComponent(id)}/${path}${carried}` }]
      : [],
  )
}
