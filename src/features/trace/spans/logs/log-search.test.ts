import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../../domain/model/span.ts'
import { micros, spanId, traceId } from '../../../../domain/model/units.ts'
import { foundLogs, logLine } from './log-search.ts'

const log = (time: number, more: Partial<LogRecord>): LogRecord => ({
  traceId: traceId('t'),
  spanId: spanId('s'),
  time: micros(time),
  severity: 0,
  body: null,
  attributes: {},
  ...more,
})

const logs = [
  log(30, { severity: 17, body: 'payment refused', attributes: { code: 'E42' } }),
  log(10, { severity: 9, body: { role: 'user', content: 'Hello' }, eventName: 'gen_ai.user.message' }),
  log(20, { body: 'no severity' }),
]
const times = (found: readonly LogRecord[]) => found.map(({ time }) => time)

describe('looking for log records', () => {
  it('keeps them in order of time', () => {
    expect(times(foundLogs(logs, '', 0))).toEqual([10, 20, 30])
  })
  it('looks in event, body, attributes, whatever the case', () => {
    expect(times(foundLogs(logs, 'USER.message', 0))).toEqual([10])
    expect(times(foundLogs(logs, 'hello', 0))).toEqual([10])
    expect(times(foundLogs(logs, 'e42', 0))).toEqual([30])
    expect(times(foundLogs(logs, 'absent', 0))).toEqual([])
  })
  it('leaves out what is less severe', () => {
    expect(times(foundLogs(logs, '', 9))).toEqual([10, 30])
    expect(times(foundLogs(logs, '', 13))).toEqual([30])
  })
  it('reads as one line', () => {
    expect(logLine(logs[1] as LogRecord)).toMatch(/^gen_ai.user.message .*Hello/)
    expect(logLine(log(1, {}))).toBe('')
  })
})
