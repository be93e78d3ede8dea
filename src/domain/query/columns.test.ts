import { describe, expect, it } from 'vitest'
import type { Trace } from '../model/trace.ts'
import { durationMicros, micros, traceId } from '../model/units.ts'
import { COLUMNS, CSV_HEADER, csvRows, guardCell, TABLE_COLUMNS } from './columns.ts'

const BARE: Trace = {
  traceId: traceId('t1'),
  startTime: micros(Date.UTC(2026, 7, 1, 12) * 1000),
  duration: durationMicros(1_500_250),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'bank-12', name: 'Bank' },
  metrics: {},
  tags: [],
  feedback: [],
  services: [],
  spans: null,
}
const FULL: Trace = {
  ...BARE,
  chatbot: { id: 'bank-12', name: 'Bank', version: 'v12' },
  session: { id: 's-91' },
  participant: { id: '+44 7700', name: 'Ana' },
  status: 'error',
  input: '=SUM(A1)',
  output: 'Sure,\n"done"',
  error: '-boom',
  metrics: {
    llmTurns: 0,
    toolCalls: null,
    totalTokens: 1_234_567,
    inputTokens: 5,
    outputTokens: 6,
    cost: -0.0000001,
  },
  tags: ['a', 'b;c'],
  environment: 'prod',
  feedback: [{ name: 'helpful', value: 1, comment: 'ok' }],
  participantData: { before: { tier: 'free' }, after: { tier: 'gold' } },
  sessionData: { lang: 'pt' },
}
const named = (row: string[] | undefined) =>
  Object.fromEntries(CSV_HEADER.map((header, index) => [header, row?.[index]]))

it('has the columns of the export in their order', () => {
  expect(CSV_HEADER).toEqual([
    'Trace ID',
    'Timestamp',
    'Message Type',
    'Message Content',
    'Chatbot',
    'Chatbot Version',
    'Session ID',
    'Participant ID',
    'Participant Name',
    'Status',
    'Error',
    'Duration (ms)',
    'LLM Turns',
    'Tool Calls',
    'Total Tokens',
    'Input Tokens',
    'Output Tokens',
    'Cost (USD)',
    'Tags',
    'Environment',
    'Feedback',
    'Source',
    'Participant Data',
    'Session Data',
  ])
})

it('names each column once, and gives each of the table a place in its order', () => {
  expect(new Set(COLUMNS.map((one) => one.id)).size).toBe(COLUMNS.length)
  expect(TABLE_COLUMNS.map(({ id }) => id).slice(0, 3)).toEqual(['status', 'time', 'chatbot'])
  expect(TABLE_COLUMNS.at(-1)?.id).toBe('traceId')
  const order = TABLE_COLUMNS.map(({ table }) => table.byDefault)
  const shown = order.indexOf(false)
  expect(shown).toBeGreaterThan(3)
  expect(order.slice(shown)).not.toContain(true)
  expect(order.slice(shown).length).toBeGreaterThan(0)
})

describe('csvRows', () => {
  it('gives an input row and an answer row', () => {
    const [input, ai, ...rest] = csvRows(FULL, 'local')
    expect(rest).toEqual([])
    const both = {
      'Trace ID': 't1',
      Chatbot: 'Bank',
      'Chatbot Version': 'v12',
      'Session ID': 's-91',
      'Participant ID': "'+44 7700",
      'Participant Name': 'Ana',
      Status: 'error',
      Tags: 'a; b;c',
      Environment: 'prod',
      Feedback: '[{"name":"helpful","value":1,"comment":"ok"}]',
      Source: 'local',
      'Session Data': '{"lang":"pt"}',
    }
    expect(named(input)).toEqual({
      ...both,
      Timestamp: '2026-08-01T12:00:00Z',
      'Message Type': 'input',
      'Message Content': "'=SUM(A1)",
      Error: '',
      'Duration (ms)': '',
      'LLM Turns': '',
      'Tool Calls': '',
      'Total Tokens': '',
      'Input Tokens': '',
      'Output Tokens': '',
      'Cost (USD)': '',
      'Participant Data': '{"tier":"free"}',
    })
    expect(named(ai)).toEqual({
      ...both,
      Timestamp: '2026-08-01T12:00:01.500250Z',
      'Message Type': 'ai',
      'Message Content': 'Sure,\n"done"',
      Error: "'-boom",
      'Duration (ms)': '1500.25',
      'LLM Turns': '0',
      'Tool Calls': '',
      'Total Tokens': '1234567',
      'Input Tokens': '5',
      'Output Tokens': '6',
      'Cost (USD)': '-0.0000001',
      'Participant Data': '{"tier":"gold"}',
    })
  })

  it('puts what is summed on the input row where it is the only one', () => {
    const rows = csvRows({ ...BARE, input: 'hi', metrics: { totalTokens: 7 } }, 'local')
    expect(rows).toHaveLength(1)
    expect(named(rows[0])).toMatchObject({
      'Message Type': 'input',
      'Message Content': 'hi',
      'Duration (ms)': '1500.25',
      'Total Tokens': '7',
      'LLM Turns': '',
      Feedback: '',
      'Participant Data': '',
      'Session Data': '',
    })
  })

  it.each<[string, Partial<Trace>, number]>([
    ['nothing', {}, 1],
    ['an empty output', { output: '' }, 1],
    ['an output', { output: 'x' }, 2],
    ['an error', { error: 'x' }, 2],
    ['data after', { participantData: { before: {}, after: {} } }, 2],
    ['data after that is null', { participantData: { before: {}, after: null } }, 2],
    ['data before only', { participantData: { before: {} } }, 1],
  ])('with %s gives that many rows', (_, given, count) => {
    expect(csvRows({ ...BARE, ...given }, 'local')).toHaveLength(count)
  })

  it('writes null data as null and unknown data as nothing', () => {
    const [input, ai] = csvRows({ ...BARE, participantData: { before: null, after: null } }, 'local')
    expect([named(input)['Participant Data'], named(ai)['Participant Data']]).toEqual(['null', 'null'])
  })

  it('writes one cell a column', () => {
    expect(csvRows(FULL, 'local').map((row) => row.length)).toEqual([24, 24])
    expect(csvRows(BARE, 'local').map((row) => row.length)).toEqual([24])
  })

  it.each([
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [1.5e-9, '0.0000000015'],
    [1e21, '1000000000000000000000'],
    [Number.NaN, ''],
  ])('writes %d without an exponent', (cost, cell) => {
    expect(named(csvRows({ ...BARE, metrics: { cost } }, 'local')[0])['Cost (USD)']).toBe(cell)
  })
})

describe('guardCell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ["'=1", "''=1"],
    ['"=1"', `'"=1"`],
    [' " =1', `' " =1`],
    ['“@x”', "'“@x”"],
    [' =1', "' =1"],
    ['\n=1', "'\n=1"],
    ['\nx', "'\nx"],
    ['\r\n=1', "'\r\n=1"],
    ['\u000b=1', "'\u000b=1"],
    ['\u0000=1', "'\u0000=1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['\u3000-1', "'\u3000-1"],
    ['\u2028+1', "'\u2028+1"],
    ['\u200b=1', "'\u200b=1"],
    ['\u200d\u2060=1', "'\u200d\u2060=1"],
    ['\u00ad=1', "'\u00ad=1"],
    ['\u202e@x', "'\u202e@x"],
    ['\ufe0f=1', "'\ufe0f=1"],
    ['\ufeff=1', "'\ufeff=1"],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    [' ＝1', "' ＝1"],
    ['﹦1', "'﹦1"],
    [' a word', ' a word'],
    ['  1-2', '  1-2'],
    ['"she said"', '"she said"'],
    ["'tis = so", "'tis = so"],
    ['\u00a0word', '\u00a0word'],
    ['\ufeffword', '\ufeffword'],
    ['Über =1', 'Über =1'],
    ['你好 @你', '你好 @你'],
    ['👍 =1', '👍 =1'],
    ['– a dash', '– a dash'],
    ['a=1', 'a=1'],
    [' ', ' '],
    ['', ''],
  ])('makes %j %j', (cell, guarded) => {
    expect(guardCell(cell)).toBe(guarded)
  })
})

describe('table columns', () => {
  it('read a summary, null where unknown', () => {
    const read = (trace: Trace) =>
      Object.fromEntries(TABLE_COLUMNS.map(({ id, table }) => [id, table.read(trace)]))
    expect(read(FULL)).toMatchObject({
      participant: 'Ana',
      llmTurns: 0,
      toolCalls: null,
      duration: 1_500_250,
      feedback: 'helpful: 1',
      tags: 'a, b;c',
    })
    expect(read(BARE)).toMatchObject({
      participant: null,
      session: null,
      tokens: null,
      tags: null,
      feedback: null,
    })
    expect(read({ ...BARE, participant: { id: 'p' }, chatbot: { id: 'c', name: '' } })).toMatchObject({
      participant: 'p',
      chatbot: 'c',
    })
  })
})
