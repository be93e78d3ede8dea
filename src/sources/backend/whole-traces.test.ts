import { describe, expect, it } from 'vitest'
import { type TraceId, traceId } from '../../domain/model/units.ts'
import { WholeTraces } from './whole-traces.ts'

const never = new AbortController().signal
const A = traceId('a')
const B = traceId('b')
const C = traceId('c')

/** A cache of 100 bytes over a backend that notes what it was asked; each trace weighs 40 unless said. */
function over(weights: Partial<Record<string, number>> = {}, pending = false) {
  const clock = { now: 0 }
  const fetched: string[] = []
  const traces = new WholeTraces<string>({ bytes: 100, ms: 1000, pendingMs: 10 }, () => clock.now)
  const get = (id: TraceId, signal = never, wait: Promise<unknown> = Promise.resolve()) =>
    traces.get(
      id,
      async () => {
        fetched.push(id)
        await wait
        return { value: `whole ${id}`, bytes: weights[id] ?? 40, pending }
      },
      signal,
    )
  return { traces, get, fetched, clock }
}

describe('whole traces', () => {
  it('are fetched once for all who ask, at once and later', async () => {
    const { get, fetched, traces } = over()
    expect(await Promise.all([get(A), get(A), get(A)])).toEqual(['whole a', 'whole a', 'whole a'])
    expect(await get(A)).toBe('whole a')
    expect(fetched).toEqual(['a'])
    expect(traces.bytes).toBe(40)
  })

  it('are held up to so many bytes, the longest unused going first', async () => {
    const { get, fetched, traces } = over()
    for (const id of [A, B, A, C]) await get(id)
    expect(traces.bytes).toBe(80)
    await get(A)
    expect(fetched).toEqual(['a', 'b', 'c'])
    await get(B)
    expect(fetched).toEqual(['a', 'b', 'c', 'b'])
  })

  it.each([
    [100, 1],
    [101, 2],
  ])('of %i bytes are fetched %i times where 100 are held', async (bytes, times) => {
    const { get, fetched, traces } = over({ a: bytes })
    await get(A)
    await get(A)
    expect(fetched).toHaveLength(times)
    expect(traces.bytes).toBeLessThanOrEqual(100)
  })

  it('grow old, those that may still grow at once', async () => {
    const whole = over()
    await whole.get(A)
    whole.clock.now = 999
    await whole.get(A)
    expect(whole.fetched).toHaveLength(1)
    whole.clock.now = 1000
    await whole.get(A)
    expect(whole.fetched).toHaveLength(2)
    const growing = over({}, true)
    await growing.get(A)
    growing.clock.now = 10
    await growing.get(A)
    expect(growing.fetched).toHaveLength(2)
    expect(growing.traces.bytes).toBe(40)
  })

  it('that cannot be had are not kept', async () => {
    const { traces, get } = over()
    const failing = () => traces.get(A, () => Promise.reject(new Error('down')), never)
    await expect(Promise.all([failing(), failing()])).rejects.toThrow('down')
    expect(await get(A)).toBe('whole a')
  })

  it('are given up when all have left, and fetched anew for who comes then', async () => {
    const { traces, get } = over()
    let seen: AbortSignal | undefined
    const [one, two] = [new AbortController(), new AbortController()]
    const hang = (signal: AbortSignal) => {
      seen = signal
      return new Promise<never>(() => {})
    }
    const first = traces.get(A, hang, one.signal)
    const second = traces.get(A, hang, two.signal)
    one.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    expect(seen?.aborted).toBe(false)
    two.abort(new Error('gone too'))
    await expect(second).rejects.toThrow('gone too')
    expect(seen?.aborted).toBe(true)
    expect(await get(A)).toBe('whole a')
  })
})
