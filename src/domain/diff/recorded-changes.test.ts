import { describe, expect, it } from 'vitest'
import recorded from '../fixtures/open-chat-studio/participant-data-changes.json' with { type: 'json' }
import type { AttributeValue } from '../model/span.ts'
import type { RecordedChange } from '../model/trace.ts'
import { applyRecorded, changesIn, withAfter } from './recorded-changes.ts'

const apply = (before: AttributeValue, changes: unknown) => applyRecorded(before, changes as RecordedChange[])

describe('changes that Open Chat Studio recorded', () => {
  it.each(recorded.cases.map((one) => [one.name, one] as const))('%s', (_, { before, after, changes }) => {
    const copy = structuredClone(before)
    expect(apply(before as never, changes)).toEqual({ after, problems: [] })
    expect(before).toEqual(copy)
  })

  it('are all there', () => {
    expect(recorded.cases).toHaveLength(22)
  })
})

describe('changes that do not fit', () => {
  it.each<[string, AttributeValue, unknown, AttributeValue, string[]]>([
    ['another old value', { a: 1 }, [['change', 'a', [2, 3]]], { a: 3 }, ['a: changed, though it was 1']],
    ['nothing to change', {}, [['change', 'a', [2, 3]]], { a: 3 }, ['a: was not there and is added']],
    [
      'no item to change',
      { l: [] },
      [['change', ['l', 0], [2, 3]]],
      { l: [] },
      ['l.0: is not there to be changed'],
    ],
    [
      'something there already',
      { a: 1 },
      [['add', '', [['a', 2]]]],
      { a: 2 },
      ['a: was there already and is replaced'],
    ],
    [
      'nothing to remove',
      { b: 1 },
      [['remove', '', [['a', 2]]]],
      { b: 1 },
      ['a: is not there to be removed'],
    ],
    ['something else to remove', { a: 1 }, [['remove', '', [['a', 2]]]], {}, ['a: removed, though it was 1']],
    [
      'a structure to remove',
      { a: [1] },
      [['remove', '', [['a', 2]]]],
      {},
      ['a: removed, though it was a list'],
    ],
    [
      'no item to remove',
      { l: [1] },
      [['remove', 'l', [[4, 2]]]],
      { l: [1] },
      ['l.4: is not there to be removed'],
    ],
    [
      'a list too short',
      { l: [1] },
      [['add', 'l', [[4, 2]]]],
      { l: [1, 2] },
      ['l.4: the list has 1 items; added at its end'],
    ],
    [
      'a container that is missing',
      {},
      [['add', 'p.q', [['a', 1]]]],
      { p: { q: { a: 1 } } },
      ['p.q: p was not there and is made', 'p.q: p.q was not there and is made'],
    ],
    ['a list that is missing', {}, [['change', ['l', 0], [1, 2]]], {}, ['l: l is not there']],
    [
      'an item of a list that is missing',
      {},
      [['change', ['l', 0, 'a'], [1, 2]]],
      {},
      ['l.0: l is not there'],
    ],
    [
      'a list to add to that is missing',
      {},
      [['add', 'l', [[3, 'x']]]],
      { l: ['x'] },
      ['l: l was not there and is made', 'l.3: the list has 0 items; added at its end'],
    ],
    [
      'a container to remove from that is missing',
      {},
      [['remove', 'p.q', [['a', 1]]]],
      {},
      ['p.q: p is not there'],
    ],
    ['a scalar in the way', { p: 1 }, [['add', 'p.q', [['a', 1]]]], { p: 1 }, ['p.q: p is 1']],
    ['no data at all', null, [['add', '', [['a', 1]]]], null, ['the root: the data is null']],
    ['a root', 1, [['change', '', [1, 2]]], 2, []],
    ['another root', 'x', [['change', '', [1, 2]]], 2, ['the root: changed, though it was "x"']],
    ['a key without a name', { '': 1 }, [['change', '', [1, 2]]], { '': 2 }, []],
    ['a dotted key in text', { 'a.b': 1 }, [['change', 'a.b', [1, 2]]], { 'a.b': 2 }, []],
    ['an index in text', { l: [1] }, [['change', 'l.0', [1, 2]]], { l: [2] }, []],
    ['an unknown kind', {}, [['rename', 'a', 'b']], {}, ['change 1 is not a recorded change']],
    ['a kind of the prototype', {}, [['toString', 'a', []]], {}, ['change 1 is not a recorded change']],
    [
      'no change',
      {},
      ['x', null, []],
      {},
      [
        'change 1 is not a recorded change',
        'change 2 is not a recorded change',
        'change 3 is not a recorded change',
      ],
    ],
    ['a path that is none', {}, [['add', [1.5], []]], {}, ['change 1 is not a recorded change']],
    [
      'details that are none',
      { a: 1 },
      [
        ['change', 'a', [2]],
        ['add', '', 'x'],
        ['add', '', ['x']],
      ],
      { a: 1 },
      [
        'a: not an old and a new value',
        'the root: not a list of keys and values',
        'the root: "x" is not a key and a value',
      ],
    ],
  ])('%s', (_, before, changes, after, problems) => {
    expect(apply(before, changes)).toEqual({ after, problems })
  })

  it('reach no prototype', () => {
    const { after } = apply({}, [
      ['add', '', [['__proto__', { polluted: 1 }]]],
      ['add', '__proto__', [['deeper', 2]]],
      ['add', 'constructor.prototype', [['polluted', 3]]],
    ])
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(JSON.parse(JSON.stringify(after))).toEqual(
      JSON.parse('{"__proto__":{"polluted":1,"deeper":2},"constructor":{"prototype":{"polluted":3}}}'),
    )
  })

  it('say so a bounded number of times', () => {
    const { problems } = apply(
      {},
      Array.from({ length: 200 }, () => ['remove', '', [['a', 1]]]),
    )
    expect(problems).toHaveLength(51)
    expect(problems.at(-1)).toBe('and 150 more')
  })
})

describe('withAfter', () => {
  const changes: RecordedChange[] = [['change', 'a', [1, 2]]]
  it('works out what stood at the end', () => {
    expect(withAfter({ before: { a: 1 }, changes })).toEqual({ before: { a: 1 }, changes, after: { a: 2 } })
    expect(withAfter({ before: { a: 5 }, changes, problems: ['cut'] })).toMatchObject({
      after: { a: 2 },
      problems: ['cut', 'a: changed, though it was 5'],
    })
  })

  it('leaves alone what is known, and what cannot be', () => {
    const known = { before: { a: 1 }, after: null, changes }
    expect(withAfter(known)).toBe(known)
    const unknown = { before: { a: 1 } }
    expect(withAfter(unknown)).toBe(unknown)
  })
})

describe('changesIn', () => {
  it('compares both ends, worked out or given, and says nothing where the end is not known', () => {
    const modified = [{ kind: 'modified', path: ['a'], old: 1, new: 2 }]
    expect(changesIn({ before: { a: 1 }, after: { a: 2 } })).toEqual(modified)
    expect(changesIn({ before: { a: 1 }, changes: [['change', 'a', [1, 2]]] })).toEqual(modified)
    expect(changesIn({ before: { a: 1 } })).toEqual([])
  })
})
