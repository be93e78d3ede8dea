// Seeded changes of bytes and of values: see fuzz-ingest.ts.

export type Random = () => number

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const below = (random: Random, most: number): number => Math.floor(random() * most)
export const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
export const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => (below(random, 15) + 1).toString(16)).join('')

/** `"HUGE"` becomes a number that JavaScript has none for. */
export const text = (value: unknown): string => JSON.stringify(value).replaceAll('"HUGE"', '1e999')
const deep = (levels: number): unknown => {
  let value: unknown = 'core'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { values: value, a: 1 }
  return value
}

export const EXTREMES: readonly unknown[] = [
  ...[0, -0, -1, 0.5, 1e19, 1e22, 1e300, -1e300, 'HUGE', 9_007_199_254_740_992, 4_294_967_296, 5e-324],
  ...['', '0', '-1', 'NaN', 'Infinity', '1e999', '18446744073709551616', '9'.repeat(60), 'x'.repeat(5_000)],
  ...['+275760-09-13T00:00:00Z', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '2026-02-30T00:00:00Z'],
  ...['constructor', 'toString', '__proto__', 'hasOwnProperty', '[constructor]', "{'a': toString}"],
  ...['\u0000', '\ud800', '\ufeff', '{"a":[', '[]', 'None', '"'],
  ...[
    null,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    { a: { b: {} } },
    ['__proto__'],
    deep(30),
    deep(99),
    deep(300),
  ],
]
const KEYS = ['__proto__', 'constructor', 'toString', '', 'a', 'values', 'key', 'value', 'traceId', '\u0000']

interface Place {
  readonly holder: Record<string, unknown> | unknown[]
  readonly key: string | number
}

const placesIn = (value: unknown, found: Place[] = []): Place[] => {
  if (Array.isArray(value))
    for (const [key, inner] of value.entries()) {
      found.push({ holder: value, key })
      placesIn(inner, found)
    }
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      found.push({ holder: value as Record<string, unknown>, key })
      placesIn(inner, found)
    }
  return found
}

const put = (holder: Place['holder'], key: string | number, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const AT_PLACE: readonly ((random: Random, place: Place) => void)[] = [
  (random, { holder, key }) => put(holder, key, structuredClone(pick(random, EXTREMES))),
  (random, { holder, key }) => put(holder, key, structuredClone(pick(random, EXTREMES))),
  (_random, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  },
  (_random, { holder, key }) => {
    if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]))
    else put(holder, `${key}2`, structuredClone(holder[key]))
  },
  (random, { holder, key }) => {
    const value = (holder as Record<string, unknown>)[key]
    put(holder, Array.isArray(holder) ? key : pick(random, KEYS), Array.isArray(value) ? value[0] : [value])
  },
]

/** Changes a few places of a value, in place. */
export const mutateValue = (random: Random, value: unknown): void => {
  for (let times = below(random, 6) + 1; times > 0; times--) {
    const places = placesIn(value)
    if (places.length === 0) return
    pick(random, AT_PLACE)(random, pick(random, places))
  }
}

const BYTES: readonly ((random: Random, body: Buffer) => Buffer)[] = [
  (random, body) => {
    const changed = Buffer.from(body)
    for (let times = below(random, 12) + 1; times > 0; times--) {
      const at = below(random, changed.length)
      changed[at] = (changed[at] ?? 0) ^ (1 << below(random, 8))
    }
    return changed
  },
  (random, body) => body.subarray(0, below(random, body.length)),
  (random, body) => {
    const [from, length] = [below(random, body.length), below(random, 200)]
    return Buffer.concat([body.subarray(0, from), body.subarray(from + length)])
  },
  (random, body) => {
    const [from, length] = [below(random, body.length), below(random, 400)]
    return Buffer.concat([body.subarray(0, from + length), body.subarray(from)])
  },
  (random, body) => {
    const from = below(random, body.length)
    const noise = Buffer.from(Array.from({ length: below(random, 24) + 1 }, () => below(random, 256)))
    return Buffer.concat([body.subarray(0, from), noise, body.subarray(from)])
  },
  (random, body) => {
    const changed = Buffer.from(body)
    const from = below(random, body.length)
    return changed.fill(
      pick(random, [0x00, 0xff, 0x7b, 0x5b, 0x2c]),
      from,
      Math.min(changed.length, from + below(random, 40) + 1),
    )
  },
]
export const mutateBytes = (random: Random, body: Buffer): Buffer =>
  body.length === 0 ? body : pick(random, BYTES)(random, body)
