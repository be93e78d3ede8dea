import { expect, it } from 'vitest'
import { formatQuery } from '../../domain/query-params.ts'
import { chatbotQuery, shareText } from './chatbot-figures.ts'

it.each([
  [0, 10, '0.0 %'],
  [1, 10_000, '<0.1 %'],
  [7, 100, '7.0 %'],
  [30, 100, '30 %'],
  [1, 0, '—'],
])('%d of %d is %s', (part, whole, expected) => {
  expect(shareText(part, whole)).toBe(expected)
})

it('narrows a chatbot by further conditions', () => {
  const failed = { field: 'status', operator: 'is', values: ['error'] } as const
  expect(formatQuery(chatbotQuery('Transfer & co', failed)).toString()).toBe(
    'chatbot=Transfer+%26+co&status=error',
  )
})
