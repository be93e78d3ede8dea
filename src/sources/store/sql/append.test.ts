import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { appendRows, type Cell, type CellType } from './append.ts'

const TYPES: readonly CellType[] = ['INTEGER', 'VARCHAR', 'BIGINT', 'INTEGER', 'DOUBLE', 'BOOLEAN']

/** Values of each column, at the ends of what it holds; each is paired with others as rows go on. */
const VALUES: readonly (readonly Cell[])[] = [
  [
    '',
    'a',
    'exactly 12ch',
    'longer than twelve characters',
    'Grüße, 你好, 👩‍👩‍👧',
    'before\u0000after',
    '\u0000',
    null,
    'x'.repeat(5_000),
  ],
  [0, -1, Number.MAX_SAFE_INTEGER, -(2 ** 62), 1_726_000_000_000_000, null, undefined, 2 ** 62],
  [0, -(2 ** 31), 2 ** 31 - 1, null],
  [0, 0.1, -1e300, 5e-324, null, undefined, 3],
  [true, false, null],
]

const rowsOf = (count: number): Cell[][] =>
  Array.from({ length: count }, (_, at) => [at, ...VALUES.map((values) => values[at % values.length])])

const stored = (cell: Cell, type: CellType | undefined) => {
  if (cell === null || cell === undefined) return null
  return type === 'BIGINT' ? BigInt(cell as number) : cell
}

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeEach(async () => {
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
  await connection.run(`CREATE TABLE t (${TYPES.map((type, index) => `c${index} ${type}`).join(', ')})`)
})
afterEach(() => {
  connection.disconnectSync()
  instance.closeSync()
})

const kept = async () => (await connection.runAndReadAll('SELECT * FROM t ORDER BY c0')).getRows()

/** Around where the event loop gets its turn, and where the engine's own chunks end. */
it.each([0, 1, 2, 255, 256, 257, 2_047, 2_048, 2_049, 4_097])(
  'appends %i rows as they are',
  async (count) => {
    const rows = rowsOf(count)
    await appendRows(connection, 't', TYPES, rows)
    const expected = rows.map((row) => row.map((cell, index) => stored(cell, TYPES[index])))
    expect(await kept()).toEqual(expected)
  },
)

it('appends texts that are larger together than what the appender may hold', async () => {
  const text = 'é'.repeat(1_000_000)
  const rows = Array.from({ length: 40 }, (_, at): Cell[] => [at, text + at, null, null, null, null])
  await appendRows(connection, 't', TYPES, rows)
  expect((await kept()).map((row) => row[1])).toEqual(rows.map((row) => row[1]))
})

it('appends columns of nothing at all, and one value among nothing', async () => {
  const rows = Array.from({ length: 300 }, (_, at): Cell[] => [at, null, null, null, null, null])
  rows[299] = [299, 'last', 1, 2, 3.5, true]
  await appendRows(connection, 't', TYPES, rows)
  const [before, last] = (await kept()).slice(-2)
  expect(before).toEqual([298, null, null, null, null, null])
  expect(last).toEqual([299, 'last', 1n, 2, 3.5, true])
})

it('appends nothing of a delivery that is rolled back', async () => {
  await connection.run('BEGIN TRANSACTION')
  await appendRows(connection, 't', TYPES, rowsOf(500))
  await connection.run('ROLLBACK')
  expect(await kept()).toEqual([])
})
