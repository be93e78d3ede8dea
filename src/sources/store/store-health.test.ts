import { expect, it } from 'vitest'
import { engineMessage } from './connections.ts'

it.each([
  [
    'IO Error: Could not write file "/srv/my traces/turnscope.duckdb": No space left on device',
    'IO Error: Could not write file "…": No space left on device',
  ],
  ['IO Error: Cannot open file /srv/x.tmp: denied', 'IO Error: Cannot open file …: denied'],
  ["Error in 'C:\\data\\x.duckdb'", "Error in '…'"],
  ['Out of Memory Error: 1.0 GiB/2.0 GiB used\nLINE 1: SELECT', 'Out of Memory Error: 1.0 GiB/2.0 GiB used'],
])('what the engine says of %s names no path of this machine', (said, shown) => {
  expect(engineMessage(new Error(said))).toBe(shown)
})
