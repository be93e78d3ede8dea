import { expect, it } from 'vitest'
import { formatQuery } from '../../domain/query/query-params.ts'
import { readView } from '../../state/location.ts'
import { withoutChatbot } from './chatbot-figures.ts'

it('takes the chatbot out of what is filtered by', () => {
  const { query } = readView('?chatbot=Transfer&status=error&chatbot.not=x&last=24h')
  expect(formatQuery(withoutChatbot(query)).toString()).toBe('status=error&last=24h'.replace('24h', '1d'))
})
