import { expect, it } from 'vitest'
import { formatQuery } from '../../domain/query-params.ts'
import { readView } from '../../state/location.ts'
import { shareText, withoutChatbot } from './chatbot-figures.ts'

it.each([
  [0, 10, '0.0 %'],
  [1, 10_000, '<0.1 %'],
  [7, 100, '7.0 %'],
  [30, 100, '30 %'],
  [1, 0, '—'],
])('%d of %d is %s', (part, whole, expected) => {
  expect(shareText(part, whole)).toBe(expected)
})

it('takes the chatbot out of what is filtered by', () => {
  const { query } = readView('?chatbot=Transfer&status=error&chatbot.not=x&last=24h')
  expect(formatQuery(withoutChatbot(query)).toString()).toBe('status=error&last=24h'.replace('24h', '1d'))
})
