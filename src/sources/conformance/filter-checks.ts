import { describe, expect, it } from 'vitest'
import { TRACE_KINDS, TRACE_STATUSES } from '../../domain/model/trace.ts'
import { type DurationMicros, type Micros, microsFromMillis } from '../../domain/model/units.ts'
import type { AttributeCondition } from '../../domain/query/attribute-filter.ts'
import { isNumberField, NUMBERS_OF, TEXTS_OF } from '../../domain/query/filter-values.ts'
import { OPERATORS } from '../../domain/query/query-params.ts'
import {
  FILTER_FIELDS,
  type FilterCondition,
  type FilterField,
  type FilterOperator,
  type TraceQuery,
} from '../../domain/query/trace-query.ts'
import { wholeRow } from '../sample/held-rows.ts'
import { Random } from '../sample/random.ts'
import { ALL, ANY_KIND, expectedIds, idsOf, type Subject, walkAll, where } from './harness.ts'
import { lossOf } from './losses.ts'

const FIELDS = (Object.keys(FILTER_FIELDS) as FilterField[]).filter((field) => field !== 'kind')
const ODD = ['%', '_', "it's", '\\', 'no such thing', '\u{1F600}']

const valuesOf = (subject: Subject, field: FilterField): readonly string[] => {
  const now = microsFromMillis(subject.now())
  const counts = new Map<string, number>()
  for (const held of subject.traces) {
    const row = wholeRow(held, now)
    const found = isNumberField(field) ? NUMBERS_OF[field](row).map(String) : TEXTS_OF[field](row)
    for (const value of found) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value)
}

const middle = (text: string): string =>
  text.slice(Math.floor(text.length / 4), Math.ceil(text.length * 0.75))

/** Conditions that some, none and most rows answer, made from what the rows hold. */
function conditionsOn(subject: Subject, field: FilterField): readonly FilterCondition[] {
  const values = valuesOf(subject, field)
  const common = values[0]
  const rare = values.at(-1)
  const median = [...values].sort((a, b) => Number(a) - Number(b))[values.length >> 1]
  const of = (operator: FilterOperator, ...wanted: readonly (string | undefined)[]): FilterCondition => ({
    field,
    operator,
    values: wanted.flatMap((value) => value ?? []),
  })
  const type = FILTER_FIELDS[field]
  const odd = type === 'choice' ? [] : isNumberField(field) ? ['-1', '1e9'] : ODD
  const cases: Record<FilterOperator, readonly FilterCondition[]> = {
    is: [
      of('is', common),
      of('is', rare),
      of('is', common, rare, values[1]),
      ...odd.map((value) => of('is', value)),
    ],
    not: [of('not', common), of('not', common, rare), ...odd.slice(0, 1).map((value) => of('not', value))],
    all: [of('all', common), of('all', common, values[1]), of('all', common, rare)],
    contains: [
      of('contains', common && middle(common).toUpperCase()),
      ...ODD.map((value) => of('contains', value)),
    ],
    lacks: [of('lacks', common && middle(common).toLowerCase()), of('lacks', ...ODD)],
    starts: [of('starts', common?.slice(0, 2).toUpperCase()), of('starts', rare?.slice(0, 3), '_')],
    ends: [of('ends', common?.slice(-2).toLowerCase()), of('ends', rare?.slice(-3), '%')],
    min: [of('min', median), of('min', common), of('min', '1e12')],
    max: [of('max', median), of('max', rare), of('max', '-1')],
  }
  return OPERATORS[type]
    .flatMap((operator) => cases[operator])
    .filter(({ values: wanted }) => wanted.length > 0)
}

/** Conditions on attributes of spans and resources that some, none and most traces answer. */
function attributeConditions(subject: Subject): readonly (readonly AttributeCondition[])[] {
  const counts = new Map<string, number>()
  for (const { spans } of subject.traces)
    for (const { attributes } of spans.slice(0, 5))
      for (const [key, value] of Object.entries(attributes))
        if (typeof value === 'string' && value.length < 200 && value.trim() !== '')
          counts.set(JSON.stringify([key, value]), (counts.get(JSON.stringify([key, value])) ?? 0) + 1)
  const known = [...counts].sort((a, b) => b[1] - a[1]).map(([pair]) => JSON.parse(pair) as [string, string])
  const at = (share: number) => known[Math.floor((known.length - 1) * share)] as [string, string]
  const of = (
    operator: AttributeCondition['operator'],
    [key, value]: readonly [string, string],
  ): AttributeCondition => ({ key, operator, values: [value] })
  const [common, rare] = [at(0), at(1)]
  const service = subject.traces[0]?.spans[0]?.resource['service.name']
  return [
    [of('is', common)],
    [of('is', rare)],
    [of('not', common)],
    [of('contains', [at(0.3)[0], middle(at(0.3)[1]).toUpperCase()])],
    [of('lacks', [common[0], common[1].slice(0, 3)])],
    [of('starts', [at(0.6)[0], at(0.6)[1].slice(0, 2).toUpperCase()])],
    [of('is', common), of('not', rare)],
    [of('is', ['service.name', String(service)])],
    [of('is', ['no such key', 'x'])],
    [of('not', ['no such key', 'x'])],
    [of('min', ['gen_ai.usage.input_tokens', '100'])],
    [of('max', ['gen_ai.usage.input_tokens', '100'])],
  ]
}

const check = async (subject: Subject, query: TraceQuery): Promise<number> => {
  const wanted = expectedIds(subject, query)
  const found = idsOf(await walkAll(subject.source, query))
  expect(found, JSON.stringify({ ...query, found: found.length, wanted: wanted.length })).toEqual(wanted)
  return wanted.length
}

export function filterChecks(subject: Subject): void {
  describe('a filter', () => {
    it.for(FIELDS)('on %s gives what the domain says', async (field, context) => {
      const lost = lossOf(field, subject.harness.losses)
      if (lost !== undefined) return context.skip(lost)
      const conditions = conditionsOn(subject, field)
      expect(conditions.length).toBeGreaterThan(0)
      let found = 0
      for (const condition of conditions) found += await check(subject, where(condition))
      expect(found).toBeGreaterThan(0)
    })

    it('on any attribute gives what the domain says', async () => {
      let found = 0
      for (const attributes of attributeConditions(subject)) {
        const query = { ...ALL, attributes }
        const wanted = expectedIds(subject, query)
        // A source may answer with pages that are empty and go on.
        expect(idsOf(await walkAll(subject.source, query)), JSON.stringify(attributes)).toEqual(wanted)
        found += wanted.length
      }
      expect(found).toBeGreaterThan(0)
    })

    it('on kind gives the kinds asked for', async () => {
      let found = 0
      for (const kind of TRACE_KINDS) {
        const is: FilterCondition = { field: 'kind', operator: 'is', values: [kind] }
        found += await check(subject, { ...ALL, conditions: [is] })
        await check(subject, { ...ALL, conditions: [{ ...is, operator: 'not' }] })
      }
      // Each trace is of one kind.
      expect(found).toBe(subject.traces.length)
      const two: FilterCondition = { field: 'kind', operator: 'is', values: ['call', 'training'] }
      await check(subject, { ...ALL, conditions: [two] })
    })

    it('on every status adds up to all', async () => {
      let sum = 0
      for (const status of TRACE_STATUSES) {
        sum += await check(subject, where({ field: 'status', operator: 'is', values: [status] }))
      }
      expect(sum).toBe(expectedIds(subject, ALL).length)
    })

    it('on time takes from inclusively and to exclusively', async () => {
      const now = microsFromMillis(subject.now())
      const starts = subject.traces.map((held) => wholeRow(held, now).summary.startTime).sort((a, b) => a - b)
      const at = (share: number): Micros => starts[Math.floor((starts.length - 1) * share)] as Micros
      const after = await check(subject, { ...ALL, from: at(0.4) })
      const before = await check(subject, { ...ALL, to: at(0.4) })
      expect(before).toBeGreaterThan(0)
      expect(after + before).toBe(subject.traces.length)
      await check(subject, { ...ALL, from: at(0.3), to: at(0.7) })
      await check(subject, { ...ALL, from: at(0.5), to: at(0.5) })
      await check(subject, { ...ALL, from: at(0.5), to: (at(0.5) + 1) as Micros })
      await check(subject, { ...ALL, from: (at(1) + 1) as Micros })
    })

    it('on the last stretch of time', async () => {
      const now = microsFromMillis(subject.now())
      const starts = subject.traces.map((held) => wholeRow(held, now).summary.startTime).sort((a, b) => b - a)
      // Whole minutes, as addresses have them, that end between two traces that lie apart, so that the clock
      // may go on meanwhile.
      const reaching = (next: number) => Math.floor((now - next - 2_000_000) / 60_000_000) * 60_000_000
      for (const index of [10, 40]) {
        const gap = starts.findIndex(
          (start, at) => at >= index && reaching(starts[at + 1] ?? now) > now - start + 2_000_000,
        )
        await check(subject, { ...ALL, last: reaching(starts[gap + 1] as number) as DurationMicros })
      }
    })

    it('on free text looks through input, output and error, whatever their case', async () => {
      const now = microsFromMillis(subject.now())
      const texts = subject.traces.flatMap((held) => {
        const { input, output, error } = wholeRow(held, now).summary
        return [input, output, error].flatMap((text) => text ?? [])
      })
      const random = new Random(3)
      const pieces = Array.from({ length: 12 }, () => {
        const text = random.pick(texts)
        const from = random.int(0, Math.max(0, text.length - 6))
        return text.slice(from, from + random.int(3, 12))
      })
      let found = 0
      for (const text of [...pieces, ...pieces.map((piece) => piece.toUpperCase()), ...ODD]) {
        found += await check(subject, { ...ALL, text })
      }
      expect(found).toBeGreaterThan(0)
    })

    it('on free text takes words in any order, phrases, and what is excluded', async () => {
      const now = microsFromMillis(subject.now())
      const said = subject.traces.map((held) => {
        const { input = '', output = '', error = '' } = wholeRow(held, now).summary
        return { input, output, error }
      })
      const random = new Random(5)
      const words = (text: string) => text.split(/\s+/).filter((word) => /^[\p{L}\p{N}]{3,}$/u.test(word))
      const talks = said.filter(({ input, output }) => words(input).length > 1 && words(output).length > 1)
      const found = { together: 0, phrase: 0, without: 0 }
      for (let round = 0; round < 12; round++) {
        const { input, output } = random.pick(talks)
        const one = random.pick(words(input))
        const other = random.pick(words(output))
        found.together += await check(subject, { ...ALL, text: `${other.toUpperCase()} ${one}` })
        found.without += await check(subject, { ...ALL, text: `${one} -${other}` })
        const from = random.int(0, Math.max(0, output.length - 20))
        const phrase = output.slice(from, from + 16).replaceAll('"', '')
        found.phrase += await check(subject, { ...ALL, text: `"${phrase}" ${one}` })
        await check(subject, { ...ALL, text: `-"${phrase}"` })
      }
      for (const [kind, count] of Object.entries(found)) expect(count, kind).toBeGreaterThan(0)
      for (const text of ['-zz', '-', '--', '""', '"', '"-"', `-"${'x'.repeat(300)}"`, '-% _', "-it's"])
        await check(subject, { ...ALL, text })
    })

    it('looks for free text behind the part that a row shows', async () => {
      const now = microsFromMillis(subject.now())
      const long = subject.traces.find(
        (held) => (held.reading.input ?? '').length > 560 || (held.reading.output ?? '').length > 560,
      )
      const whole = long && wholeRow(long, now).summary
      const text = [whole?.input, whole?.output].find((one) => (one ?? '').length > 560)?.slice(540, 559)
      if (text === undefined) throw new Error('no trace with a long text was given')
      expect(await check(subject, { ...ALL, text })).toBeGreaterThan(0)
    })

    it('together with others, all of them holding at once', async () => {
      const random = new Random(11)
      const pool = FIELDS.filter((field) => lossOf(field, subject.harness.losses) === undefined).map(
        (field) => conditionsOn(subject, field),
      )
      let found = 0
      for (let round = 0; round < 50; round++) {
        const conditions = random.some(pool, random.int(2, 3)).map((cases) => random.pick(cases))
        const starts = subject.traces.map((held) => held.reading.summary.startTime)
        found += await check(subject, {
          ...ALL,
          conditions: random.chance(0.5) ? [...conditions, ANY_KIND] : conditions,
          ...(random.chance(0.3) && { from: random.pick(starts) }),
          ...(random.chance(0.2) && { text: random.pick(['a', 'e', 'th', 'your']) }),
        })
      }
      expect(found).toBeGreaterThan(0)
    })

    it('pages through what it lets through', async () => {
      const query = where(
        { field: 'status', operator: 'not', values: ['error'] },
        {
          field: 'duration',
          operator: 'min',
          values: ['100'],
        },
      )
      const found = idsOf(await walkAll(subject.source, query, 9))
      expect(found).toEqual(expectedIds(subject, query))
      expect(found.length).toBeGreaterThan(20)
    })
  })
}
