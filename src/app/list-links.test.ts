import { expect, test } from 'vitest'
import { carriedSearch } from './list-links.ts'

test.each([
  ['/local/traces', '', ''],
  ['/local/traces', '?status=error&last=24h&q=refund', '?status=error&last=1d&q=refund'],
  ['/local/sessions/', '?chatbot=a&chatbot=b', '?chatbot=a&chatbot=b'],
  ['/local/insights', '?chatbot=a', '?chatbot=a'],
  // What only arranges one list stays there.
  ['/local/traces', '?status=error&sort=-duration&cols=time,io&peek=t1', '?status=error'],
  ['/local/traces', '?status=nonsense', ''],
  // Pages of one thing have filters of their own.
  ['/local/chatbots/Transfer', '?status=error', ''],
  ['/local/traces/t1', '?span=x', ''],
  ['/local', '', ''],
])('%s%s goes on with %j', (pathname, search, expected) => {
  expect(carriedSearch(pathname, search)).toBe(expected)
})
