import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Micros, spanId, traceId } from '../../../domain/model/units.ts'
import { openStore, type Store } from '../store.ts'
import { START, span } from '../testing/spans.ts'

const NEVER = new AbortController().signal
const A = traceId('a')

let directory: string
let store: Store
let now: number
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'turnscope-version-'))
  now = START
  store = await openStore({ directory, now: () => now as Micros, log: () => {} })
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const version = async () => store.source.spansVersion?.(A, NEVER)
const spans = () => store.source.getSpans(A, NEVER)

describe('the version of a trace’s spans', () => {
  it('stands while they stand, and is another one once a span has come', async () => {
    await store.addSpans([span('a.1')])
    const first = await version()
    expect(first).toBeDefined()
    expect((await spans()).version).toBe(first)
    expect(await version()).toBe(first)
    now += 1_000
    await store.addSpans([span('b.1')])
    expect(await version()).toBe(first)
    now += 1_000
    await store.addSpans([span('a.2', { parent: '1' })])
    expect(await version()).not.toBe(first)
    expect((await spans()).version).toBe(await version())
  })

  it('is not given while spans are awaited, nor for a trace that is not there', async () => {
    expect(await version()).toBeUndefined()
    await store.addSpans([span('a.2', { parent: '1' })])
    expect((await spans()).complete).toBe(false)
    expect((await spans()).version).toBeUndefined()
  })

  it('goes with all the spans, judged ones in their places', async () => {
    await store.addSpans([span('a.1'), span('a.2', { parent: '1', status: { code: 'error' } })])
    const { spans: outlines } = await spans()
    expect(outlines.map((one) => [one.spanId, one.state])).toEqual([
      [spanId('1'), 'contains-error'],
      [spanId('2'), 'error'],
    ])
  })
})
