import type { TraceId } from '../../domain/model/units.ts'
import { SourceError } from '../../domain/port/source-error.ts'
import { cursorPageIn } from '../../formats/langfuse/api-replies.ts'
import { isTooMuch, type LangfuseApi, PATH, type Params } from './langfuse-api.ts'

export type Row = Readonly<Record<string, unknown>>

const NUMBERS = 'core,basic,time,model,usage,prompt,metrics,trace_context'
/** Without texts: what a tree is drawn of, and what numbers are summed over. */
export const LIGHT = `${NUMBERS},metadata`
export const WHOLE = `${NUMBERS},io,metadata`
/** From this page on of light rows, metadata are left out as well: what is so long is drawn without. */
const NUMBERS_FROM = 2

/** Metadata are cut unless they are named: these hold data that a turn is about. */
const EXPANDED = [
  'participant_data',
  'participant_data_diff',
  'session_data',
  'attributes.turnscope.participant_data.before',
  'attributes.turnscope.participant_data.after',
  'attributes.turnscope.session_data',
]

const MOST_ROWS = 1000
const LEAST_ROWS = 25
/** Pages of one question; a trace that is longer is given as far as that. */
const MOST_PAGES = 60
const ROWS_MS = 30_000
const ROWS_BYTES = 64_000_000
/** Ids in one question: they stand in its address. */
export const IDS_AT_ONCE = 100

export interface Rows {
  readonly rows: readonly Row[]
  /** Characters of the replies. */
  readonly size: number
  /** More are there than were read. */
  readonly isCut: boolean
}

/** A condition as the API's structured filter takes it. */
export type Condition = Readonly<Record<string, unknown>>

export const anyOf = (column: string, value: readonly string[]): Condition => ({
  type: 'stringOptions',
  column,
  operator: 'any of',
  value,
})
export const between = (from: string, to: string): readonly Condition[] => [
  { type: 'datetime', column: 'startTime', operator: '>=', value: from },
  { type: 'datetime', column: 'startTime', operator: '<', value: to },
]
/** The structured filter; where it stands, the API looks at no other parameter that narrows. */
export const filtered = (conditions: readonly Condition[]): Params => [['filter', JSON.stringify(conditions)]]

/** Reads rows of observations, following cursors; a page that the server finds too much is asked for in parts. */
export class RowReader {
  readonly #api: LangfuseApi
  #pageRows = MOST_ROWS

  constructor(api: LangfuseApi) {
    this.#api = api
  }

  /** `until`: whether enough has been read. */
  async read(
    params: Params,
    fields: string,
    signal: AbortSignal,
    { limit = MOST_ROWS, until }: { limit?: number; until?: (rows: readonly Row[]) => boolean } = {},
  ): Promise<Rows> {
    const rows: Row[] = []
    let size = 0
    let cursor: string | undefined
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const group = fields === LIGHT && pages >= NUMBERS_FROM ? NUMBERS : fields
      const page = await this.#page(params, group, Math.min(limit, this.#pageRows), cursor, signal)
      rows.push(...page.value.rows)
      size += page.size
      cursor = page.value.cursor
      if (cursor === undefined) return { rows, size, isCut: false }
      if (until?.(rows)) break
    }
    return { rows, size, isCut: true }
  }

  async #page(
    params: Params,
    fields: string,
    limit: number,
    cursor: string | undefined,
    signal: AbortSignal,
  ) {
    for (let rows = limit; ; rows = Math.max(LEAST_ROWS, Math.floor(rows / 4))) {
      const asked: Params = [
        ['limit', String(rows)],
        ...params,
        ['fields', fields],
        ...(fields.includes('metadata') ? [['expandMetadata', EXPANDED.join(',')] as const] : []),
        ...(cursor === undefined ? [] : [['cursor', cursor] as const]),
      ]
      try {
        const call = { path: PATH.rows, params: asked, limits: { ms: ROWS_MS, bytes: ROWS_BYTES } }
        const reply = await this.#api.ask(call, cursorPageIn, signal)
        this.#pageRows = Math.min(MOST_ROWS, this.#pageRows * 2)
        return reply
      } catch (error) {
        if (!isTooMuch(error) || rows <= LEAST_ROWS) throw error
        this.#pageRows = Math.max(LEAST_ROWS, Math.floor(rows / 4))
      }
    }
  }

  /** Metadata values that came cut, whole: one more question where there are any. */
  async uncut(rows: readonly Row[], params: Params, signal: AbortSignal): Promise<readonly Row[]> {
    const keys = new Set(rows.flatMap(({ metadata }) => cutKeys(metadata)))
    if (keys.size === 0) return rows
    const call = {
      path: PATH.rows,
      params: [
        ['limit', String(Math.min(MOST_ROWS, rows.length + 10))],
        ...params,
        ['fields', 'core,metadata'],
        ['expandMetadata', [...keys].join(',')],
      ] as Params,
      limits: { ms: ROWS_MS, bytes: ROWS_BYTES },
    }
    const { value } = await this.#api.ask(call, cursorPageIn, signal)
    const whole = new Map(value.rows.map((row) => [row.id, row.metadata]))
    return rows.map((row) => (whole.has(row.id) ? { ...row, metadata: whole.get(row.id) } : row))
  }
}

/** Values of metadata are cut at so many characters. */
const CUT_AT = 200
const MOST_CUT = 50

const cutKeys = (metadata: unknown): readonly string[] =>
  Object.entries(typeof metadata === 'object' && metadata !== null ? metadata : {})
    .filter(
      ([key, value]) =>
        typeof value === 'string' && value.length >= CUT_AT && !EXPANDED.includes(key) && !key.includes(','),
    )
    .map(([key]) => key)
    .slice(0, MOST_CUT)

/** Whether something of its metadata is missing. */
export const isCut = ({ metadata }: Row): boolean => cutKeys(metadata).length > 0

const ORIGIN = /^(resourceAttributes|scope)(\.|$)/

/** Rows of one trace; those that came without metadata are taken to be of the same process as the others. */
export function withOrigin(rows: readonly Row[]): readonly Row[] {
  const telling = rows.findLast(({ metadata }) => typeof metadata === 'object' && metadata !== null)
  if (telling === undefined || rows.every(({ metadata }) => metadata !== undefined)) return rows
  const origin = Object.fromEntries(
    Object.entries(telling.metadata as object).filter(([key]) => ORIGIN.test(key)),
  )
  return rows.map((row) => (row.metadata === undefined ? { ...row, metadata: origin } : row))
}

export const isBadRequest = (error: unknown): boolean =>
  error instanceof SourceError && error.kind === 'bad-request' && error.message.includes(' answered 400 ')

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
export const traceOfRow = (row: Row): TraceId | undefined => textOf(row.traceId) as TraceId | undefined
/** µs; NaN where the row says none. */
export const startOfRow = (row: Row): number => Date.parse(String(row.startTime)) * 1000
