import { expect, it } from 'vitest'
import { engineMessage } from './connections.ts'
import { publicMessage } from './store-health.ts'

const OUT_OF_MEMORY = 'Out of Memory Error: 1.0 GiB/2.0 GiB used'

it.each([
  [
    'Binder Error: no such file "/srv/my traces/x.parquet": denied',
    'Binder Error: no such file a file: denied',
  ],
  ['Binder Error: cannot find /srv/x.tmp: denied', 'Binder Error: cannot find a file: denied'],
  ["Error in 'C:\\data\\x.duckdb'", 'Error in a file'],
  ['/srv/x is no database', 'a file is no database'],
  [`${OUT_OF_MEMORY}\nLINE 1: SELECT`, OUT_OF_MEMORY],
  [
    'IO Error: Could not write file "/srv/x": No space left on device',
    'the disk is full: new turns cannot be kept',
  ],
])('what the engine says of %s is said to readers without a path', (said, shown) => {
  expect(publicMessage(new Error(said))).toBe(shown)
})

it('the log has the first line as it is', () => {
  const line = 'IO Error: Cannot open file "/srv/my traces/x.duckdb": denied'
  expect(engineMessage(new Error(`${line}\nLINE 1: SELECT`))).toBe(line)
  expect(engineMessage('no error')).toBe('no error')
})
