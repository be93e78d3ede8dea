import { expect, test } from 'vitest'
import { sharedAddress } from './share-button.tsx'

const AT = 'http://localhost:4320'

test.each([
  ['/local/traces', ['time', 'io'], '/local/traces?cols=time,io'],
  ['/local/traces?status=error', ['time', 'io'], '/local/traces?status=error&cols=time,io'],
  ['/local/traces?cols=cost', ['time', 'io'], '/local/traces?cols=cost'],
  ['/local/traces', undefined, '/local/traces'],
  ['/local/sessions', ['time'], '/local/sessions'],
  ['/local/traces/t-1?span=a#changes', ['time'], '/local/traces/t-1?span=a#changes'],
])('%s with %j is shared as %3$s', (path, columns, expected) => {
  expect(sharedAddress(AT + path, columns)).toBe(AT + expected)
})
