import type { SpanId, TraceId } from '../../../domain/model/units.ts'
import { SourceError } from '../../../domain/port/source-error.ts'
import type { ResultRow, Run } from '../engine/connections.ts'
import type { Cell, CellType } from '../sql/append.ts'
import { type Fragment, sql } from '../sql/sql.ts'
import { SEPARATOR } from './stored-text.ts'

/**
 * The engine reads, writes and packs a column 2,048 rows at a time and holds all their texts meanwhile: 2,048
 * texts of 400 kB would be 800 MB. So a column holds only texts up to a size; a longer one stands in pieces in
 * a table of its own, and its column names it.
 */
const LONGEST_INLINE = 4_096
/**
 * A checkpoint packs the last 122,880 rows of a table anew, and a look-up unpacks 2,048: small pieces keep both
 * cheap.
 */
const PIECE = 1_000

/**
 * Begins a column that names a long text; its JSON form stands where the column holds JSON. A text that begins
 * like this by itself is stored as a long one, whatever its length.
 */
const MARK = '\u001elong:'
const JSON_MARK = JSON.stringify(MARK).slice(0, -1)
/** Stands for a search text that is long: one separator alone is no search text, and in none that is asked for. */
const SEARCH_MARK = SEPARATOR

/** What a long text belongs to; it is deleted with it. What several spans share goes with their trace. */
export type Owner = 'trace' | 'log' | 'resource' | `span ${SpanId}` | `record ${string}`

/** The columns of `long_texts`, in the table's order. */
export const LONG_TEXT_TYPES: readonly CellType[] = ['BIGINT', 'INTEGER', 'VARCHAR', 'VARCHAR', 'VARCHAR']

/** The columns of `search_pieces`, in the table's order. */
export const SEARCH_PIECE_TYPES: readonly CellType[] = ['BIGINT', 'VARCHAR', 'VARCHAR']

/**
 * The last columns of a row that may name long texts: the least and the greatest of their ids. Ids ascend, so
 * the engine finds what lies between two of them by its minima and maxima, without looking through the table.
 */
export const NAMED_TYPES: readonly CellType[] = ['BIGINT', 'BIGINT']

const SEARCH_PIECE = 4_096
/** At least the longest text that can be asked for: what stands across a cut is whole in one of the pieces. */
const OVERLAP = 2_048

/** From one id of a long text to another, both included. */
export interface IdRange {
  readonly first: number
  readonly last: number
}

const around = (a: IdRange | null, b: IdRange): IdRange =>
  a === null ? b : { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) }

/** What a row's columns `first_text` and `last_text` say. */
export const rangeOf = ({ first_text, last_text }: ResultRow): IdRange | null =>
  typeof first_text === 'number' && typeof last_text === 'number'
    ? { first: first_text, last: last_text }
    : null

/** Into so many statements deletes of what lies far apart are divided at most. */
export const MOST_DELETES = 16

/** Ids so near each other that one look at the table finds both. */
const NEAR = 200

/**
 * Ranges that hold all of these, at most `most` and one: what lies far apart is looked for separately, what is near
 * together.
 */
export function joinedRanges(ranges: readonly IdRange[], most: number): readonly IdRange[] {
  const sorted = [...ranges].sort((a, b) => a.first - b.first)
  const all = sorted.reduce<IdRange | null>(around, null)
  if (all === null) return []
  const gap = Math.max(NEAR, (all.last - all.first) / most)
  const joined: IdRange[] = []
  for (const range of sorted) {
    const last = joined.at(-1)
    if (last === undefined || range.first - last.last > gap) joined.push(range)
    else joined[joined.length - 1] = around(last, range)
  }
  return joined
}

interface Stowed {
  readonly id: number
  readonly traceId: TraceId
  readonly owner: Owner
  readonly text: string
}

/** Ends a piece where no surrogate pair is split. */
const endOfPiece = (text: string, end: number): number => {
  if (end >= text.length) return text.length
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
}

function* piecesOf(text: string, size: number, overlap = 0): Generator<string> {
  for (let start = 0; ; ) {
    const end = endOfPiece(text, start + size)
    yield text.slice(start, end)
    if (end === text.length) return
    start = endOfPiece(text, end - overlap)
  }
}

const isLong = (text: string): boolean =>
  text.length > LONGEST_INLINE || text.startsWith(MARK) || text.startsWith(JSON_MARK)

/** The long texts of one transaction: columns get their names, then their pieces are appended. */
export class StowedTexts {
  readonly #nextId: () => number
  readonly #texts: Stowed[] = []
  readonly #searched: Omit<Stowed, 'owner'>[] = []
  /** What spans share is stored once a trace. */
  readonly #shared = new Map<string, Map<string, number>>()
  #named: IdRange | null = null

  constructor(nextId: () => number) {
    this.#nextId = nextId
  }

  /**
   * Begins another row. `named`: what it names beside the texts that are stowed for it, such as what the row that
   * it replaces named and others may still name.
   */
  beginRow(named: IdRange | null = null): void {
    this.#named = named
  }

  /** The ids of the long texts that the row names. */
  get named(): IdRange | null {
    return this.#named
  }

  /** The row's last cells, as `NAMED_TYPES` has them. */
  get namedCells(): readonly Cell[] {
    return [this.#named?.first ?? null, this.#named?.last ?? null]
  }

  /** The cell of a column that holds text. */
  text(text: string | null, traceId: TraceId, owner: Owner): string | null {
    if (text === null || !isLong(text)) return text
    return this.#stow(text, traceId, owner)
  }

  /** The cell of a column that holds JSON. */
  json(text: string | null, traceId: TraceId, owner: Owner): string | null {
    if (text === null || !isLong(text)) return text
    return JSON.stringify(this.#stow(text, traceId, owner))
  }

  /** The same for JSON that many spans of a trace have in common. */
  sharedJson(text: string, traceId: TraceId): string {
    if (!isLong(text)) return text
    const known = this.#shared.get(traceId) ?? new Map<string, number>()
    this.#shared.set(traceId, known)
    const id = known.get(text)
    if (id !== undefined) return JSON.stringify(this.#name(id, text))
    const cell = JSON.stringify(this.#stow(text, traceId, 'resource'))
    known.set(text, this.#texts.at(-1)?.id ?? 0)
    return cell
  }

  /** The cell of the column that free text is looked for in. */
  searched(text: string, traceId: TraceId): string {
    if (text.length <= LONGEST_INLINE) return text
    const id = this.#nextId()
    this.#searched.push({ id, traceId, text })
    this.#name(id, text)
    return SEARCH_MARK
  }

  #stow(text: string, traceId: TraceId, owner: Owner): string {
    const id = this.#nextId()
    this.#texts.push({ id, traceId, owner, text })
    return this.#name(id, text)
  }

  #name(id: number, text: string): string {
    this.#named = around(this.#named, { first: id, last: id })
    return `${MARK}${id}:${text.length}`
  }

  *rows(): Generator<readonly Cell[]> {
    for (const { id, traceId, owner, text } of this.#texts) {
      let part = 0
      for (const piece of piecesOf(text, PIECE)) yield [id, part++, traceId, owner, piece]
    }
  }

  *searchRows(): Generator<readonly Cell[]> {
    for (const { id, traceId, text } of this.#searched) {
      for (const piece of piecesOf(text, SEARCH_PIECE, OVERLAP)) yield [id, traceId, piece]
    }
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0 && this.#searched.length === 0
  }
}

const longOnes = (text: string) =>
  sql`SELECT DISTINCT trace_id FROM search_pieces WHERE contains(text, ${text.slice(0, OVERLAP)})`

/** So many traces are named one by one; more are left to the engine, which then looks at every row. */
const MOST_NAMED = 200

/**
 * A condition for traces whose search text is a long one that holds `text`, which is in lower case. Found before
 * it is asked for: as a question within a question it would keep the engine from ending a list early.
 */
export async function longSearch(run: Run, text: string): Promise<Fragment> {
  const found = await run(sql`${longOnes(text)} LIMIT ${BigInt(MOST_NAMED + 1)}`)
  if (found.length === 0) return sql`false`
  const its =
    found.length > MOST_NAMED
      ? sql`trace_id IN (${longOnes(text)})`
      : sql`list_contains(${found.map(({ trace_id }) => String(trace_id))}, trace_id)`
  return sql`search_text = ${SEARCH_MARK} AND ${its}`
}

/** A long text as a column names it. */
export interface LongText {
  readonly id: number
  /** In UTF-16 units. */
  readonly length: number
}

function namedAfter(mark: string, text: string): LongText | null {
  const [id, length] = text
    .slice(mark.length)
    .split(':')
    .map((part) => Number.parseInt(part, 10))
  return id === undefined || length === undefined ? null : { id, length }
}

/** The long text that a cell names; null where it holds the text itself. */
export function longTextOf(cell: unknown): LongText | null {
  if (typeof cell !== 'string') return null
  const mark = [MARK, JSON_MARK].find((one) => cell.startsWith(one))
  return mark === undefined ? null : namedAfter(mark, cell)
}

/** The same of a value read from JSON. */
export const longTextIn = (value: unknown): LongText | null =>
  typeof value === 'string' && value.startsWith(MARK) ? namedAfter(MARK, value) : null

/** Into so many statements texts are divided at most that stand far apart. */
const MOST_LOOKS = 64

/** Long texts by their ids. One that has been deleted is absent. */
export async function loadTexts(run: Run, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>()
  const ranges = joinedRanges(
    ids.map((id) => ({ first: id, last: id })),
    MOST_LOOKS,
  )
  for (const { first, last } of ranges) {
    const its = ids.filter((id) => id >= first && id <= last)
    const rows = await run(
      sql`SELECT id, text FROM long_texts WHERE id BETWEEN ${BigInt(first)} AND ${BigInt(last)}
          AND id IN (SELECT unnest(${its.map(String)})::BIGINT) ORDER BY id, part`,
    )
    let pieces: string[] = []
    for (const [index, row] of rows.entries()) {
      pieces.push(String(row.text))
      if (rows[index + 1]?.id === row.id) continue
      texts.set(Number(row.id), pieces.join(''))
      pieces = []
    }
  }
  return texts
}

const MOST_ATTEMPTS = 5

/**
 * A statement's rows with the long texts that the named columns stand for. A trace that is written anew between
 * the two looks has its texts under other names then: the rows are read again.
 */
export async function readWhole(
  run: Run,
  statement: Fragment,
  columns: readonly string[],
): Promise<readonly ResultRow[]> {
  for (let attempt = 1; ; attempt++) {
    const whole = await withLongTexts(run, await run(statement), columns)
    if (whole !== null) return whole
    if (attempt === MOST_ATTEMPTS) throw new SourceError('not-yet', 'the trace is changing: ask again')
  }
}

/** Rows with the long texts that the named columns stand for; null where one has gone since they were read. */
export async function withLongTexts(
  run: Run,
  rows: readonly ResultRow[],
  columns: readonly string[],
): Promise<readonly ResultRow[] | null> {
  const ids: number[] = []
  for (const row of rows) {
    for (const column of columns) {
      const named = longTextOf(row[column])
      if (named !== null) ids.push(named.id)
    }
  }
  if (ids.length === 0) return rows
  const texts = await loadTexts(run, ids)
  if (ids.some((id) => !texts.has(id))) return null
  return rows.map((row) => {
    const whole: Record<string, unknown> = { ...row }
    for (const column of columns) {
      const named = longTextOf(row[column])
      if (named !== null) whole[column] = texts.get(named.id)
    }
    return whole
  })
}
