import { describe, expect, it } from 'vitest'
import { decodeLogsJson, decodeLogsProtobuf } from './decode-logs.ts'
import { NotOtlpError } from './guard/not-otlp.ts'
import { DEFAULT_OTLP_LIMITS } from './guard/otlp-limits.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const exportOf = (...logRecords: unknown[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
const record = (more: object = {}) => ({
  traceId: TRACE,
  spanId: SPAN,
  timeUnixNano: '1795224134950000000',
  ...more,
})
const only = (more: object) => decodeLogsJson(exportOf(record(more))).logs[0]

describe('a log record', () => {
  it('has what was sent', () => {
    expect(
      only({
        severityNumber: 17,
        severityText: 'ERROR',
        eventName: 'gen_ai.choice',
        body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: 'Hi' } }] } },
        attributes: [{ key: 'a', value: { intValue: '1' } }],
      }),
    ).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      time: 1_795_224_134_950_000,
      severity: 17,
      severityText: 'ERROR',
      eventName: 'gen_ai.choice',
      body: { content: 'Hi' },
      attributes: { a: 1 },
    })
  })

  it.each([
    [{ timeUnixNano: '0', observedTimeUnixNano: '1795224134960000000' }, { time: 1_795_224_134_960_000 }],
    [{ severityNumber: 99 }, { severity: 0 }],
    [{ severityNumber: 'SEVERITY_NUMBER_WARN2' }, { severity: 14 }],
    [{ spanId: '' }, { spanId: null }],
    [{ spanId: '0'.repeat(16) }, { spanId: null }],
    [{ body: undefined }, { body: null }],
    [{ body: { stringValue: 'a\0b' } }, { body: 'a\ufffdb' }],
  ])('of %o reads as %o', (more, expected) => {
    expect(only(more)).toMatchObject(expected)
  })

  it('without a trace is counted, one with a wrong id rejected', () => {
    expect(
      decodeLogsJson(
        exportOf(record(), record({ traceId: '' }), record({ traceId: 'ff' }), record({ spanId: 'ff' })),
      ),
    ).toMatchObject({
      logs: [{ traceId: TRACE }],
      withoutTrace: 1,
      rejected: 2,
      problems: [expect.stringContaining('trace id is "ff"'), expect.stringContaining('span id is "ff"')],
    })
  })

  it('is cut at the size limit, and the request says so', () => {
    const decoded = decodeLogsJson(exportOf(record({ body: { stringValue: 'x'.repeat(30) } })), {
      ...DEFAULT_OTLP_LIMITS,
      valueSize: 10,
    })
    expect(decoded.logs[0]?.body).toBe(`${'x'.repeat(10)}\n[cut: 20 more characters]`)
    expect(decoded.problems).toEqual(['the body of a log record was cut from 30 to 10 characters'])
    expect(decoded.rejected).toBe(0)
  })
})

describe('a request of log records', () => {
  it('may be empty, and holds no more than the limit', () => {
    expect(decodeLogsProtobuf(new Uint8Array())).toEqual({
      logs: [],
      problems: [],
      rejected: 0,
      withoutTrace: 0,
    })
    const limits = { ...DEFAULT_OTLP_LIMITS, records: 1 }
    expect(decodeLogsJson(exportOf(record(), record()), limits)).toMatchObject({
      rejected: 1,
      problems: ['1 log records rejected: a request may hold 1'],
    })
  })

  it('is no export of traces', () => {
    expect(() => decodeLogsJson({ resourceSpans: [] })).toThrow(NotOtlpError)
    expect(() => decodeLogsProtobuf(new Uint8Array([10, 9]))).toThrow(NotOtlpError)
  })
})
