import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attributes, AttributeValue, Span } from '../../domain/model/span.ts'
import { durationMicros, micros, spanId, traceId } from '../../domain/model/units.ts'
import { decodeTracesJson, decodeTracesProtobuf } from './decode-traces.ts'
import { encodeTracesJson } from './encode-traces.ts'
import { encodeTracesProtobuf } from './testing/encode-traces-protobuf.ts'

const hex = (digits: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((id) => !/^0+$/.test(id))
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', '-'))
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
)
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}))
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(text, value, { maxKeys: 4 })
const time = fc.integer({ min: 946_684_800_000_000, max: 4_102_444_800_000_000 }).map(micros)
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
const nonEmpty = text.filter((name) => name !== '')

/** Leaves out what is undefined: absent and undefined are not the same to the types. */
const compact = <Value extends object>(object: Value): Value =>
  Object.fromEntries(Object.entries(object).filter(([, held]) => held !== undefined)) as Value

const scope = fc
  .record({
    name: text,
    version: optional(nonEmpty),
    attributes: optional(attributes.filter((held) => Object.keys(held).length > 0)),
    schemaUrl: optional(nonEmpty),
  })
  .map(compact)

const span = fc
  .record({
    traceId: hex(32).map(traceId),
    spanId: hex(16).map(spanId),
    parentId: fc.option(hex(16).map(spanId)),
    name: text,
    otelKind: fc.constantFrom('unspecified', 'internal', 'server', 'client', 'producer', 'consumer'),
    startTime: time,
    duration: fc.option(fc.integer({ min: 0, max: 1_000_000_000 }).map(durationMicros)),
    status: fc
      .record({ code: fc.constantFrom('unset', 'ok', 'error'), message: optional(nonEmpty) })
      .map(compact),
    attributes,
    events: fc.array(fc.record({ name: text, time, attributes }), { maxLength: 2 }),
    links: fc.array(fc.record({ traceId: hex(32).map(traceId), spanId: hex(16).map(spanId), attributes }), {
      maxLength: 2,
    }),
    resource: fc.oneof(fc.constant({ 'service.name': 'bot' }), attributes),
    scope: fc.oneof(fc.constant({ name: 'bot' }), scope),
    traceState: optional(nonEmpty),
    flags: optional(fc.integer({ min: 1, max: 0xffff_ffff })),
  })
  .map((made) => compact(made) as Span)
  .filter((made) => made.parentId !== made.spanId)
const spans = fc.uniqueArray(span, { selector: (made) => made.spanId, maxLength: 5 })

const byId = (list: readonly Span[]) => [...list].sort((a, b) => (a.spanId < b.spanId ? -1 : 1))

describe('what is encoded reads as it was', () => {
  it('in OTLP/JSON', () => {
    fc.assert(
      fc.property(spans, (made) => {
        const decoded = decodeTracesJson(JSON.parse(JSON.stringify(encodeTracesJson(made))))
        expect(decoded.problems).toEqual([])
        expect(byId(decoded.spans)).toEqual(byId(made))
      }),
    )
  })

  it('in protobuf', () => {
    fc.assert(
      fc.property(spans, (made) => {
        const decoded = decodeTracesProtobuf(encodeTracesProtobuf(made))
        expect(decoded.problems).toEqual([])
        expect(byId(decoded.spans)).toEqual(byId(made))
      }),
    )
  })
})

describe('decoding any bytes', () => {
  it('ends in spans or in the one typed error', () => {
    fc.assert(
      fc.property(spans, fc.nat(), fc.nat({ max: 255 }), (made, at, byte) => {
        const bytes = Uint8Array.from(encodeTracesProtobuf(made))
        if (bytes.length > 0) bytes[at % bytes.length] = byte
        try {
          expect(decodeTracesProtobuf(bytes).spans.length).toBeLessThanOrEqual(5 + made.length)
        } catch (error) {
          expect(error).toMatchObject({ name: 'NotOtlpError' })
        }
      }),
    )
  })
})

describe('decoding any JSON', () => {
  const names = [
    'traceId',
    'spanId',
    'name',
    'kind',
    'status',
    'startTimeUnixNano',
    'attributes',
    'events',
    'links',
    'key',
    'value',
    'values',
    'stringValue',
    'intValue',
    'doubleValue',
    'arrayValue',
    'kvlistValue',
    'bytesValue',
  ]
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 5 }),
    ),
  }))
  const wellNamed = tree.map((one) => ({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    ...(one as object),
  }))

  it('ends in spans, whatever stands in them', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(tree, wellNamed)), (spans) => {
        const decoded = decodeTracesJson({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
        for (const one of decoded.spans) {
          expect(JSON.parse(JSON.stringify(one))).toEqual(one)
          expect(Number.isInteger(one.startTime)).toBe(true)
        }
      }),
    )
  })

  it('ends in spans or in the one typed error, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(tree, fc.record({ resourceSpans: tree })), (value) => {
        try {
          decodeTracesJson(value)
        } catch (error) {
          expect(error).toMatchObject({ name: 'NotOtlpError' })
        }
      }),
    )
  })
})

describe('canonical OTLP/JSON', () => {
  it('has ids in hex, 64-bit integers as text, enums as numbers', () => {
    const [example] = decodeTracesJson({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bot' } }] },
          scopeSpans: [
            {
              scope: { name: 's' },
              spans: [
                {
                  traceId: '0af7651916cd43dd8448eb211c80319c',
                  spanId: 'b7ad6b7169203331',
                  name: 'turn',
                  kind: 2,
                  startTimeUnixNano: '1795224134950000000',
                  endTimeUnixNano: '1795224134951000000',
                  attributes: [{ key: 'n', value: { intValue: 1 } }],
                  status: { code: 2, message: 'no' },
                },
              ],
            },
          ],
        },
      ],
    }).spans
    if (example === undefined) throw new Error('no span')
    expect(encodeTracesJson([example])).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bot' } }] },
          scopeSpans: [
            {
              scope: { name: 's' },
              spans: [
                {
                  traceId: '0af7651916cd43dd8448eb211c80319c',
                  spanId: 'b7ad6b7169203331',
                  name: 'turn',
                  kind: 2,
                  startTimeUnixNano: '1795224134950000000',
                  endTimeUnixNano: '1795224134951000000',
                  attributes: [{ key: 'n', value: { intValue: '1' } }],
                  status: { code: 2, message: 'no' },
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('has an id for spans that came with another kind of id', () => {
    const [example] = decodeTracesJson({
      resourceSpans: [
        {
          scopeSpans: [
            { spans: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), startTimeUnixNano: 1e18 }] },
          ],
        },
      ],
    }).spans
    if (example === undefined) throw new Error('no span')
    const idsOf = (trace: string, own: string) =>
      decodeTracesJson(encodeTracesJson([{ ...example, traceId: traceId(trace), spanId: spanId(own) }]))
        .spans[0] as Span
    expect(idsOf('7f3a2b1c9d8e7f60', 'ab')).toMatchObject({
      traceId: '00000000000000007f3a2b1c9d8e7f60',
      spanId: '00000000000000ab',
    })
    expect(idsOf('0b9a2f64-7a3e-4c58-9d0f-1a2b3c4d5e6f', 'x').traceId).toBe(
      '0b9a2f647a3e4c589d0f1a2b3c4d5e6f',
    )
    expect(idsOf('turn 17', 'root')).toEqual(idsOf('turn 17', 'root'))
    expect(idsOf('turn 17', 'root').traceId).not.toBe(idsOf('turn 18', 'root').traceId)
  })
})
