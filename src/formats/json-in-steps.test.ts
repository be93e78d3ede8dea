import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadJsonError, countJson, DEFAULT_JSON_LIMITS, endOfText, type JsonLimits } from './json-count.ts'
import { parseJsonInSteps } from './json-in-steps.ts'
import { OverLimitError } from './otlp/guard/over-limit.ts'
import { inOneGo } from './otlp/guard/steps.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const parse = (text: string, limits = DEFAULT_JSON_LIMITS) => inOneGo(parseJsonInSteps(bytesOf(text), limits))
const pausesOf = (text: string): number => [...parseJsonInSteps(bytesOf(text))].length

/** Longer than what is parsed in one go, so that whatever follows stands in another piece. */
const LONG = 'x'.repeat(140_000)

describe('a document in pieces', () => {
  it.each([
    ['a list', [1, LONG, 2, [LONG, 3], { a: LONG }, 4]],
    ['an object', { a: LONG, b: { c: LONG, d: [LONG, { e: LONG, f: 1 }, 2] }, g: [], h: {} }],
    ['lists that begin and end within a piece', [[LONG, [1], [LONG, 2]], [LONG], [[[LONG, 5], 6], 7]]],
    ['keys that look like indexes', { '2': LONG, '1': [LONG, 2], b: { '0': LONG, '-1': [LONG, 3] } }],
    ['empty keys', { '': { '': [LONG, { '': LONG, a: 1 }] } }],
    ['text full of signs', [`"\\${LONG}],[{":,`, `,${LONG}\\`, { '",]': LONG, '\\"': 1 }]],
    ['text that is no ASCII', [`ä${LONG}😀`, { ключ: `${LONG}界`, b: '界' }]],
    ['nothing', [LONG, null, true, false, -0.5e-7, '', [], {}]],
  ])('reads as the whole would: %s', (_what, value) => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, '\t')]) {
      expect(parse(text)).toEqual(JSON.parse(text))
      expect(pausesOf(text)).toBeGreaterThan(0)
    }
  })

  it('reads as the whole would, whatever stands in it', () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(LONG, 'a', '', 0, -1.5, true, null, '",[{', '\\'),
        fc.array(tie('value'), { maxLength: 6 }),
        fc.dictionary(fc.constantFrom('', 'a', 'b', '0', '7', '"', 'key'), tie('value'), { maxKeys: 6 }),
      ),
    }))
    fc.assert(
      fc.property(values.value, (value) => {
        const text = JSON.stringify(value)
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 150 },
    )
  })

  it('has the last of equal keys, wherever they stand', () => {
    const text = `{"a":["${LONG}",1],"b":{"c":"${LONG}","c":2},"a":3,"b":{"d":["${LONG}",4]}}`
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  it('keeps a key called __proto__ a key', () => {
    const text = `{"a":"${LONG}","__proto__":{"b":"${LONG}","c":1},"d":2}`
    const value = parse(text) as { c?: number }
    expect(Object.keys(value)).toEqual(['a', '__proto__', 'd'])
    expect(value.c).toBeUndefined()
    expect(JSON.stringify(value)).toBe(text)
  })

  it.each(['7', ' "a" ', 'null', '[]', '{}', '  [1 , 2]\n'])('reads %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })
})

describe('the end of a text', () => {
  const loop = (bytes: Uint8Array): number => {
    let at = 1
    for (; at < bytes.length; at++) {
      if (bytes[at] === 0x22) return at
      if (bytes[at] === 0x5c) at++
    }
    return bytes.length
  }

  it('is its first quote that no backslash escapes, however long it is', () => {
    const piece = fc.constantFrom(
      'a',
      'é',
      '\\"',
      '\\\\',
      '\\n',
      'x'.repeat(45),
      'x'.repeat(46),
      'x'.repeat(47),
      'x'.repeat(100),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('"', '"]', '', '\\', '\\"'),
        (pieces, end) => {
          const bytes = bytesOf(`"${pieces.join('')}${end}`)
          expect(Math.min(endOfText(bytes, 0), bytes.length)).toBe(loop(bytes))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('what is no JSON', () => {
  it.each([
    '',
    ' ',
    '[',
    '{"a":1',
    ']',
    '[}',
    '{]',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{,}',
    '[1:2]',
    ':',
    '1,2',
    '[] []',
    '"open',
    '["open\\"]',
    '\ufeff[]',
  ])('is refused as the whole would be: %j', (text) => {
    expect(() => JSON.parse(text)).toThrow()
    expect(() => parse(text)).toThrow(BadJsonError)
  })

  it.each([
    `["${LONG}",]`,
    `["${LONG}" , ]`,
    `["${LONG}",,1]`,
    `["${LONG}", ,1]`,
    `{"a":"${LONG}",}`,
    `["${LONG}",1`,
    `["${LONG}",1}`,
    `["${LONG}",1]]`,
    `["${LONG}",1] 2`,
    `["${LONG}",1],[2]`,
    `{"a":"${LONG}",2}`,
    `["${LONG}","a":2]`,
    `[[${' '.repeat(140_000)},1]]`,
    `{"a":${' '.repeat(140_000)},"b":1}`,
  ])('is refused where it is cut: case %#', (text) => {
    expect(() => JSON.parse(text)).toThrow()
    expect(() => parse(text)).toThrow(BadJsonError)
  })
})

describe('limits', () => {
  it('are of values', () => {
    const limits = { ...DEFAULT_JSON_LIMITS, values: 8 }
    // Each of these counts for one: the list, three objects, two keys, two commas.
    expect(parse('[{"a":1},{"b":2},{}]', limits)).toHaveLength(3)
    expect(() => parse('[{"a":1},{"b":2},{},0]', limits)).toThrow(
      new OverLimitError('more than 8 values in one document'),
    )
    expect(parse('["[{:,,,,,,,,,,,,,,\\",,,,,,"]', limits)).toHaveLength(1)
  })

  it('are of keys of one object', () => {
    const limits = { ...DEFAULT_JSON_LIMITS, keys: 3 }
    expect(parse('[{"a":1,"b":{"d":4,"e":5,"f":6},"c":3},{"a":1,"b":2,"c":3}]', limits)).toHaveLength(2)
    expect(() => parse('{"a":1,"b":{"d":4},"c":3,"a":1}', limits)).toThrow(
      new OverLimitError('more than 3 keys in one object'),
    )
  })

  it('are of depth', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    const limits = { ...DEFAULT_JSON_LIMITS, depth: 5 }
    expect(JSON.stringify(parse(nested(5), limits))).toBe(nested(5))
    expect(() => parse(nested(6), limits)).toThrow(new BadJsonError('nested deeper than 5 levels'))
    expect(() => parse('['.repeat(10_000_000))).toThrow(BadJsonError)
  })

  it('are of lists and objects', () => {
    const limits = { ...DEFAULT_JSON_LIMITS, containers: 4 }
    expect(parse('[{"a":[]},{}]', limits)).toHaveLength(2)
    expect(() => parse('[{"a":[]},{},{}]', limits)).toThrow(
      new OverLimitError('more than 4 lists and objects in one document'),
    )
  })

  it('are of items of one list, of whatever kind', () => {
    const limits = { ...DEFAULT_JSON_LIMITS, listed: 3 }
    expect(parse('[[1,2,3],[{},[],"x"],{"a":1,"b":2,"c":3,"d":4}]', limits)).toHaveLength(3)
    for (const list of ['[1,2,3,4]', '[[],[{},{},{},{}]]', '{"a":["","","",""]}'])
      expect(() => parse(list, limits)).toThrow(new OverLimitError('more than 3 items in one list'))
  })

  it('are of the lists that stand so deep, all together', () => {
    const problem = 'more than 3 groups'
    const limits = { ...DEFAULT_JSON_LIMITS, lists: [{ depth: 2, items: 3, problem }] }
    expect(parse('{"a":[{},{}],"b":[[7,7,7,7,7]]}', limits)).toEqual({ a: [{}, {}], b: [[7, 7, 7, 7, 7]] })
    expect(parse('[7,7,7,7,7,7]', limits)).toHaveLength(6)
    for (const text of ['{"a":[{},{},{},{}]}', '{"a":[0,0],"b":[0,0]}', '[[0,0],[0,0]]'])
      expect(() => parse(text, limits)).toThrow(new OverLimitError(problem))
  })
})

describe('a document of too much', () => {
  const SIZE = 8 * 1024 ** 2
  /** How far the count came: each pause stands for about a mebibyte. */
  const pausesUntilRefused = (text: string, limits: JsonLimits): number => {
    const steps = countJson(bytesOf(text), limits)
    let pauses = 0
    expect(() => {
      for (const _ of steps) pauses += 1
    }).toThrow(OverLimitError)
    return pauses
  }

  it.each(['{},', '[],', '{"a":1},', '0,'])('of %s is refused before anything is made of it', (unit) => {
    const text = `[${unit.repeat(Math.floor(SIZE / unit.length))}0]`
    const limits = { ...DEFAULT_JSON_LIMITS, values: 100_000 }
    expect(pausesUntilRefused(text, limits)).toBeLessThanOrEqual(1)
  })

  it.each([
    ['a number', '1'],
    ['a blank', ' '],
    ['letters', 'x'],
  ])('is refused where %s is too long to be parsed in one go', (_, sign) => {
    const limit = 1_048_576
    const count = (length: number) => () =>
      inOneGo(countJson(bytesOf(`[0,${sign.repeat(length)}]`), DEFAULT_JSON_LIMITS))
    expect(count(limit)).not.toThrow()
    expect(count(limit + 1)).toThrow(
      new OverLimitError('a number or a blank of more than 1,048,576 characters'),
    )
  })

  it('is counted with pauses, long texts too', () => {
    const count = (text: string): number => [...countJson(bytesOf(text), DEFAULT_JSON_LIMITS)].length
    expect(count(`[${'1,'.repeat(SIZE / 2 - 1)}1]`)).toBeGreaterThanOrEqual(7)
    expect(count(`["${'a'.repeat(SIZE)}",1]`)).toBe(1)
    expect(count('[1,2]')).toBe(0)
  })
})
