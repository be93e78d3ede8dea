import { expect, it } from 'vitest'
import { errorWords, readImportLine } from './import-reply.ts'

it('reads progress and the report', () => {
  const line = JSON.stringify({
    type: 'done',
    bytes: 10,
    formats: { jaeger: 2 },
    spans: 3,
    logs: 0,
    rejected: 1,
    traces: 1,
    traceIds: ['a', 7],
    from: 1,
    to: 2,
    problems: ['a line that is no JSON (line 1)'],
  })
  expect(readImportLine(line)).toEqual({
    type: 'done',
    report: {
      bytes: 10,
      formats: { jaeger: 2 },
      spans: 3,
      logs: 0,
      rejected: 1,
      traces: 1,
      tracesAtLeast: false,
      traceIds: ['a'],
      from: 1,
      to: 2,
      problems: ['a line that is no JSON (line 1)'],
    },
  })
})

it('reads a failure midway', () => {
  const line = '{"type":"error","error":{"kind":"unreachable","message":"the disk is full"}}'
  expect(readImportLine(line)).toEqual({ type: 'error', message: 'the disk is full' })
  expect(readImportLine('{"type":"error"}')).toEqual({ type: 'error', message: 'the gateway failed' })
})

it.each(['', '{', '[]', 'null', '{"type":"else"}', '{"type":"progr'])('leaves %j alone', (line) => {
  expect(readImportLine(line)).toBeUndefined()
})

it('bounds and checks what it is told', () => {
  const line = JSON.stringify({
    type: 'progress',
    bytes: -4,
    spans: 'many',
    problems: Array.from({ length: 5000 }, () => 'x'),
  })
  const read = readImportLine(line)
  expect(read).toMatchObject({ report: { bytes: 0, spans: 0, traceIds: [], formats: {} } })
  expect(read?.type === 'progress' && read.report.problems.length).toBe(100)
})

it('finds the words of an error', () => {
  expect(errorWords({ error: { message: 'no' } })).toBe('no')
  expect(errorWords({ error: 'no' })).toBeUndefined()
  expect(errorWords(null)).toBeUndefined()
})
