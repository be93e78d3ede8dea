import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Span } from '../../domain/model/span.ts'
import { micros, spanId } from '../../domain/model/units.ts'
import { decodeTracesJson } from '../../formats/otlp/decode-traces.ts'
import { readSpan } from '../span/read-span.ts'
import { callMoments, momentSpans } from './call-moments.ts'

const file = join(import.meta.dirname, '../../formats/otlp/fixtures/rasa-3.21/e_voice_call.otlp.json')
const { spans } = decodeTracesJson(JSON.parse(readFileSync(file, 'utf8')))
const outlines = spans.map((span) => readSpan(span).outline)
const start = Math.min(...spans.map((span) => span.startTime))
const at = (time: number) => Math.round((time - start) / 1000)

describe('moments of a call', () => {
  it('stand by the names of spans alone', () => {
    expect(callMoments(outlines, []).map(({ kind, time }) => [kind, at(time)])).toEqual([
      ['barge-in', 10_884],
      ['silence', 28_240],
      ['disconnect', 41_030],
    ])
  })

  it('say what became of them once the payloads are there', () => {
    const ids = new Set(momentSpans(outlines))
    const moments = callMoments(
      outlines,
      spans.filter((span) => ids.has(span.spanId)),
    )
    expect(moments.map(({ kind, time, outcome }) => [kind, at(time), outcome])).toEqual([
      ['barge-in', 10_884, 'accepted'],
      ['silence', 28_240, 'accepted'],
      ['hang-up', 35_098, undefined],
      ['disconnect', 38_012, undefined],
    ])
    expect(moments[0]).toMatchObject({ text: 'Yes, that', reason: 'not_backchannel' })
  })

  it('tell what was ignored from what failed, and why a transcript was rejected', () => {
    const call = spans.find(({ name }) => name === 'voice call') as Span
    const made = (name: string, id: string, event: string, attributes: Span['attributes'] = {}): Span => ({
      ...call,
      name,
      spanId: spanId(id),
      events: [{ name: event, time: micros(call.startTime + 5), attributes }],
    })
    const all = [
      made('handle barge-in', 'a', 'voice.barge_in_ignored', { 'voice.barge_in.reason': 'backchannel' }),
      made('handle barge-in', 'b', 'voice.barge_in_failed'),
      made('handle dtmf', 'c', 'voice.dtmf_accepted'),
      made('voice call', 'd', 'voice.transcript_rejected', {
        'voice.transcript_rejection.reason': 'low_confidence',
      }),
    ]
    const moments = callMoments(
      all.map((span) => readSpan(span).outline),
      all,
    )
    expect(moments.map(({ kind, outcome, reason }) => [kind, outcome, reason])).toEqual([
      ['barge-in', 'ignored', 'backchannel'],
      ['barge-in', 'failed', undefined],
      ['keypad', 'accepted', undefined],
      ['rejected', undefined, 'low_confidence'],
    ])
  })
})
