import { expect, test } from 'vitest'
import { MOST_IN_ADDRESS, readSpanView, type SpanView, writeSpanView } from './span-view.ts'

const written = (view: SpanView) => {
  const params = new URLSearchParams()
  writeSpanView(params, view)
  return params
}

test('what is written is read again', () => {
  const view: SpanView = {
    find: 'refund & "more"',
    kinds: ['tool', 'generation'],
    services: ['rasa, the bot', 'a=b'],
    errorsOnly: true,
    longerThan: 1_500,
    colourBy: 'service',
    critical: true,
    compressGaps: true,
    withCopies: true,
    list: 'logs',
    closed: ['00aa', 'ff01'],
  }
  expect(readSpanView(new URLSearchParams(written(view).toString()))).toEqual(view)
})

test('by default an address says nothing of spans', () => {
  expect(written({}).toString()).toBe('')
  expect(readSpanView(new URLSearchParams('span=x&chatbot=a'))).toBeUndefined()
})

test.each([
  's.errors=yes',
  's.colour=kind',
  's.longer=fast',
  's.longer=-1',
  's.longer=Infinity',
  's.closed=',
  's.kind=',
  's.unknown=1',
])('%s is as by default', (search) => {
  expect(readSpanView(new URLSearchParams(search))).toBeUndefined()
})

test('an address stays one that can be sent', () => {
  const closed = Array.from({ length: 1000 }, (_, at) => at.toString(16).padStart(16, '0'))
  expect(readSpanView(written({ closed }))?.closed).toEqual(closed.slice(0, MOST_IN_ADDRESS))
  expect(readSpanView(new URLSearchParams({ 's.find': 'x'.repeat(5000) }))?.find).toHaveLength(300)
})
