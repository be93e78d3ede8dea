import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  cursorPageIn,
  feedbackOfComment,
  feedbackOfScore,
  numberedPageIn,
  projectIn,
  versionIn,
} from './api-replies.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/langfuse/${name}`, import.meta.url), 'utf8'))

describe('replies of the newer API', () => {
  it('are pages with a cursor, which the last has not', () => {
    const first = cursorPageIn(read('v4.16.0/v2_observations_p1.json'))
    expect(first?.rows).toHaveLength(20)
    expect(first?.cursor).toMatch(/^eyJ/)
    expect(cursorPageIn(read('v4.16.0/v2_observations_roots_last_page.json'))).not.toHaveProperty('cursor')
    expect(cursorPageIn(read('v4.16.0/v2_observations_empty.json'))).toEqual({ rows: [] })
    expect(cursorPageIn({ data: [], meta: { cursor: 'more' } })).toEqual({ rows: [], cursor: 'more' })
  })

  it('are told from what is none', () => {
    for (const name of ['health', 'error_401_nokey', 'legacy_traces_list'])
      expect(cursorPageIn(read(`v4.16.0/${name}.json`))).toBeUndefined()
    for (const odd of [null, [], 'x', { data: {}, meta: {} }, { data: [] }])
      expect(cursorPageIn(odd)).toBeUndefined()
  })

  it('say version and project', () => {
    expect(versionIn(read('v4.16.0/health.json'))).toBe('4.16.0')
    expect(projectIn(read('v4.16.0/projects.json'))).toEqual({ id: 'proj-local', name: 'Local' })
    expect([versionIn({ status: 'ok' }), projectIn({ data: [] }), projectIn('x')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('hold scores of traces and of steps, and leave those of sessions out', () => {
    const { rows = [] } = cursorPageIn(read('v4.16.0/v3_scores_allfields.json')) ?? {}
    const read_ = rows.map((row) => ({ row, said: feedbackOfScore(row) }))
    expect(read_).toHaveLength(50)
    for (const { row, said } of read_) {
      const subject = row.subject as { kind: string; id: string; traceId?: string }
      if (subject.kind === 'session') {
        expect(said).toBeUndefined()
        continue
      }
      expect(said?.traceId).toBe(subject.kind === 'trace' ? subject.id : subject.traceId)
      expect(said?.feedback).toMatchObject({ name: row.name, value: row.value })
      expect(said?.feedback.spanId).toBe(subject.kind === 'observation' ? subject.id : undefined)
      expect(said?.feedback.comment).toBe(row.comment ?? undefined)
    }
  })

  it('hold comments', () => {
    const { rows = [] } = numberedPageIn(read('v4.16.0/comments_list.json')) ?? {}
    expect(rows.map((row) => feedbackOfComment(row)?.feedback)).toMatchObject([
      { name: 'comment', comment: 'please check this one' },
      { name: 'comment', comment: 'please check this one' },
    ])
    expect(feedbackOfComment({ objectType: 'PROMPT', objectId: 'x', content: 'y' })).toBeUndefined()
  })
})

describe('replies of the legacy API', () => {
  it('are pages by number', () => {
    expect(numberedPageIn(read('v2.95.12/traces_list_p1.json'))).toMatchObject({ pages: 3, items: 60 })
    expect(numberedPageIn(read('v2.95.12/traces_list_p_beyond.json'))).toEqual({
      rows: [],
      pages: 3,
      items: 60,
    })
    expect(numberedPageIn(read('v4.16.0/v2_observations_p1.json'))).toBeUndefined()
  })

  it('hold scores', () => {
    const { rows = [] } = numberedPageIn(read('v2.95.12/scores_list.json')) ?? {}
    expect(rows).toHaveLength(10)
    for (const row of rows)
      expect(feedbackOfScore(row)).toMatchObject({
        traceId: row.traceId,
        feedback: { name: row.name, value: row.dataType === 'CATEGORICAL' ? row.stringValue : row.value },
      })
  })

  it.each([
    [{ dataType: 'BOOLEAN', value: 1, stringValue: 'True' }, true],
    [{ dataType: 'BOOLEAN', value: 0, stringValue: 'False' }, false],
    [{ dataType: 'BOOLEAN', value: null, stringValue: 'False' }, false],
    [{ dataType: 'NUMERIC', value: 0, stringValue: null }, 0],
    [{ dataType: 'CATEGORICAL', value: null, stringValue: 'billing' }, 'billing'],
    [{ dataType: 'CATEGORICAL', value: 3, stringValue: 'third' }, 'third'],
    [{ dataType: 'NUMERIC', value: null, stringValue: null }, undefined],
  ])('read %j as %j', (score, value) => {
    expect(feedbackOfScore({ ...score, name: 'n', traceId: 't' })?.feedback.value).toBe(value)
  })
})
