import { useCallback, useMemo } from 'react'
import { useLocation, useNavigate } from 'react-router-dom'
import { isPrintableId, type SpanId, spanId, type TraceId, traceId } from '../domain/model/units.ts'
import { formatQuery, parseQuery } from '../domain/query/query-params.ts'
import { EVERYTHING, type TraceQuery } from '../domain/query/trace-query.ts'
import { isSpanViewKey, readSpanView, type SpanView, writeSpanView } from './span-view.ts'

/** What an address says beyond its path. All of it can be pasted into a chat and opens the same. */
export interface View {
  readonly query: TraceQuery
  /** Parameters that could not be read, each as `name: why`. `query` holds nothing then. */
  readonly problems: readonly string[]
  /** Column ids in order; absent = the reader's own choice. */
  readonly columns?: readonly string[]
  /** The trace shown in the peek panel. */
  readonly peek?: TraceId
  /** The selected span. */
  readonly span?: SpanId
  readonly tab?: string
  /** How the spans are looked at beside which one is selected. */
  readonly spans?: SpanView
  /** A stretch of the trace, µs after its start. */
  readonly zoom?: { readonly from: number; readonly to: number }
}

/** Parameters of the page alone: never sent to the gateway. `v` is the version of the address. */
const PAGE_KEYS: ReadonlySet<string> = new Set(['v', 'cols', 'peek', 'span', 'tab', 'zoom'])

/** What links from mail and advertisements carry along; it says nothing about traces. */
const TRACKING = /^(utm_[a-z_]+|gclid|dclid|fbclid|msclkid|mc_[ce]id|igshid)$/i

/** The version this code writes. It stands in an address only once it is above 1. */
const VERSION = 1

/** Step i turns an address of version i + 1 into one of version i + 2. */
const UPGRADES: readonly ((params: URLSearchParams) => URLSearchParams)[] = []

const upgraded = (params: URLSearchParams): { params: URLSearchParams; problems: string[] } => {
  const stated = params.get('v')
  if (stated === null) return { params, problems: [] }
  const version = Number(stated)
  if (!Number.isInteger(version) || version < 1)
    return { params, problems: [`v: not a version: "${stated}"`] }
  if (version > VERSION) return { params, problems: [`v: made by a newer Turnscope (${version})`] }
  return { params: UPGRADES.slice(version - 1).reduce((at, step) => step(at), params), problems: [] }
}

const COLUMN_ID = /^[A-Za-z][A-Za-z0-9]{0,39}$/
const TAB = /^[a-z][a-z-]{0,39}$/
const ZOOM = /^(\d{1,16})-(\d{1,16})$/

const readId = (text: string | null): string | undefined =>
  text !== null && isPrintableId(text) ? text : undefined

const readColumns = (text: string | null): readonly string[] | undefined => {
  const ids = [...new Set(text?.split(',').filter((id) => COLUMN_ID.test(id)))]
  return ids.length > 0 ? ids : undefined
}

const readZoom = (text: string | null): View['zoom'] => {
  const [, from, to] = ZOOM.exec(text ?? '') ?? []
  if (from === undefined || to === undefined || Number(from) >= Number(to)) return undefined
  return { from: Number(from), to: Number(to) }
}

/**
 * Reads an address. What only arranges the page is read tolerantly; a filter that cannot be read is a
 * problem, since leaving it out would show other traces than the address means.
 */
export function readView(search: string | URLSearchParams): View {
  const stated = [...new URLSearchParams(search)].filter(([name]) => !TRACKING.test(name))
  const { params, problems } = upgraded(new URLSearchParams(stated))
  const filters = [...params].filter(([name]) => !isSpanViewKey(name))
  const parsed = parseQuery(filters, { ignore: PAGE_KEYS })
  const all = parsed.ok ? problems : [...problems, ...parsed.problems]
  const columns = readColumns(params.get('cols'))
  const peek = readId(params.get('peek'))
  const span = readId(params.get('span'))
  const tab = params.get('tab')
  const zoom = readZoom(params.get('zoom'))
  const spans = readSpanView(params)
  return {
    query: parsed.ok && all.length === 0 ? parsed.query : EVERYTHING,
    problems: all,
    ...(columns && { columns }),
    ...(peek !== undefined && { peek: traceId(peek) }),
    ...(span !== undefined && { span: spanId(span) }),
    ...(tab !== null && TAB.test(tab) && { tab }),
    ...(zoom && { zoom }),
    ...(spans && { spans }),
  }
}

/** Writes a view as a query string, with its `?`, or as nothing where all is default. */
export function viewSearch(view: Partial<View>): string {
  const params = formatQuery(view.query ?? EVERYTHING)
  if (view.columns) params.set('cols', view.columns.join(','))
  if (view.peek !== undefined) params.set('peek', view.peek)
  if (view.span !== undefined) params.set('span', view.span)
  if (view.tab !== undefined) params.set('tab', view.tab)
  if (view.spans) writeSpanView(params, view.spans)
  if (view.zoom) params.set('zoom', `${Math.round(view.zoom.from)}-${Math.round(view.zoom.to)}`)
  // Commas and colons are allowed in a query and read better unescaped.
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? '' : `?${text}`
}

/** A change of the view; `undefined` takes a part away. */
export type ViewChange = { readonly [Key in keyof View]?: View[Key] | undefined }

/** The view with a change applied. */
export function changedView(view: View, change: ViewChange): View {
  const merged = Object.entries({ ...view, ...change }).filter(([, value]) => value !== undefined)
  return { query: EVERYTHING, ...Object.fromEntries(merged), problems: [] }
}

export interface ViewControl {
  readonly view: View
  /** `replace` where Back should skip the step: typing, selecting, brushing. */
  readonly change: (change: ViewChange, how?: { readonly replace?: boolean }) => void
  /** The address of the changed view, for links; same path. */
  readonly href: (change: ViewChange) => string
}

/** The view of the current address and the way to change it. */
export function useView(): ViewControl {
  const { pathname, search, state } = useLocation()
  const navigate = useNavigate()
  const view = useMemo(() => readView(search), [search])
  const change = useCallback<ViewControl['change']>(
    (wanted, how) => {
      // Read anew: several changes may come between two renders.
      const now = readView(window.location.search)
      const next = viewSearch(changedView(now, wanted))
      if (next === window.location.search) return
      navigate({ pathname, search: next }, { replace: how?.replace ?? false, state })
    },
    [navigate, pathname, state],
  )
  const href = useCallback<ViewControl['href']>(
    (wanted) => `${pathname}${viewSearch(changedView(view, wanted))}`,
    [pathname, view],
  )
  return useMemo(() => ({ view, change, href }), [view, change, href])
}

const segment = encodeURIComponent

/** Paths of the pages. Ids are percent-encoded. */
export const paths = {
  traces: (source: string, query?: TraceQuery): string =>
    `/${segment(source)}/traces${query ? viewSearch({ query }) : ''}`,
  trace: (source: string, trace: string, view: Partial<View> = {}): string =>
    `/${segment(source)}/traces/${segment(trace)}${viewSearch(view)}`,
  sessions: (source: string, query?: TraceQuery): string =>
    `/${segment(source)}/sessions${query ? viewSearch({ query }) : ''}`,
  /** `peek` = the turn that is looked at. */
  session: (source: string, session: string, view: Partial<View> = {}): string =>
    `/${segment(source)}/sessions/${segment(session)}${viewSearch(view)}`,
  chatbots: (source: string, query?: TraceQuery): string =>
    `/${segment(source)}/chatbots${query ? viewSearch({ query }) : ''}`,
  chatbot: (source: string, chatbot: string, query?: TraceQuery): string =>
    `/${segment(source)}/chatbots/${segment(chatbot)}${query ? viewSearch({ query }) : ''}`,
  participant: (source: string, participant: string): string =>
    `/${segment(source)}/participants/${segment(participant)}`,
}
