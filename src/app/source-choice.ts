import type { SourceInfo } from '../domain/port/source-info.ts'

/** The source that `/` opens: the sample while there is one (the store is empty then), else the store. */
export const homeSource = (sources: readonly SourceInfo[]): SourceInfo | undefined =>
  sources.find(({ id }) => id === 'sample') ?? sources.find(({ id }) => id === 'local') ?? sources[0]

export type Landing =
  | { readonly to: 'here'; readonly info: SourceInfo }
  | { readonly to: 'elsewhere'; readonly pathname: string }
  | { readonly to: 'nowhere' }

/**
 * Where an address of a source leads: to it; for a sample that vanished with the store's first trace, to the
 * store's list (its traces are not there); else nowhere.
 */
export function landingFor(id: string, pathname: string, sources: readonly SourceInfo[]): Landing {
  const info = sources.find((source) => source.id === id)
  if (info) return { to: 'here', info }
  const local = sources.find((source) => source.id === 'local')
  if (id !== 'sample' || !local) return { to: 'nowhere' }
  const list = /^\/[^/]+(\/[^/]+)/.exec(pathname)?.[1] ?? '/traces'
  return { to: 'elsewhere', pathname: `/local${list}` }
}
