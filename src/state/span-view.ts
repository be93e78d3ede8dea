/** How the spans of a trace are looked at, as far as an address says: what is absent is as by default. */
export interface SpanView {
  /** What is searched for. */
  readonly find?: string
  readonly kinds?: readonly string[]
  readonly services?: readonly string[]
  readonly errorsOnly?: true
  /** µs */
  readonly longerThan?: number
  readonly colourBy?: 'service'
  readonly critical?: true
  readonly compressGaps?: true
  readonly withCopies?: true
  readonly list?: 'logs'
  /** Ids of the spans whose rows are closed. */
  readonly closed?: readonly string[]
}

/** Most ids of closed rows and most names that an address holds: it must stay one that can be sent. */
export const MOST_IN_ADDRESS = 60

const LONGEST = 300
const PREFIX = 's.'

const texts = (values: readonly string[]): readonly string[] | undefined => {
  const kept = values.filter((value) => value !== '' && value.length <= LONGEST).slice(0, MOST_IN_ADDRESS)
  return kept.length > 0 ? kept : undefined
}

/** Whether a parameter of an address is one of these. */
export const isSpanViewKey = (name: string): boolean => name.startsWith(PREFIX)

/** Reads the part of an address about spans, tolerantly: it only arranges the page. */
export function readSpanView(params: URLSearchParams): SpanView | undefined {
  const all = (name: string) => params.getAll(PREFIX + name)
  const [find = ''] = all('find')
  const kinds = texts(all('kind'))
  const services = texts(all('service'))
  const [closedText = ''] = all('closed')
  const closed = texts(closedText.split(','))
  const longerThan = Number(all('longer')[0]) * 1000
  const is = (name: string, value: string) => all(name)[0] === value
  const view: SpanView = {
    ...(find !== '' && { find: find.slice(0, LONGEST) }),
    ...(kinds && { kinds }),
    ...(services && { services }),
    ...(is('errors', '1') && { errorsOnly: true }),
    ...(longerThan > 0 && Number.isFinite(longerThan) && { longerThan }),
    ...(is('colour', 'service') && { colourBy: 'service' }),
    ...(is('critical', '1') && { critical: true }),
    ...(is('gaps', '1') && { compressGaps: true }),
    ...(is('copies', '1') && { withCopies: true }),
    ...(is('list', 'logs') && { list: 'logs' }),
    ...(closed && { closed }),
  }
  return Object.keys(view).length > 0 ? view : undefined
}

/** Writes it into the parameters of an address. */
export function writeSpanView(params: URLSearchParams, view: SpanView): void {
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') params.append(PREFIX + name, value)
  }
  put('find', view.find)
  for (const kind of view.kinds ?? []) put('kind', kind)
  for (const service of view.services ?? []) put('service', service)
  put('errors', view.errorsOnly && '1')
  put('longer', view.longerThan === undefined ? undefined : String(view.longerThan / 1000))
  put('colour', view.colourBy)
  put('critical', view.critical && '1')
  put('gaps', view.compressGaps && '1')
  put('copies', view.withCopies && '1')
  put('list', view.list)
  put('closed', view.closed?.slice(0, MOST_IN_ADDRESS).join(','))
}
