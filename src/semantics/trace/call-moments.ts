import type { AttributeValue, Span, SpanEvent, SpanOutline } from '../../domain/model/span.ts'
import type { Micros, SpanId } from '../../domain/model/units.ts'

const CALL_MOMENTS = ['barge-in', 'silence', 'keypad', 'rejected', 'hang-up', 'disconnect'] as const
export type CallMomentKind = (typeof CALL_MOMENTS)[number]

/** Something that happened in a voice call beside its turns. */
export interface CallMoment {
  readonly kind: CallMomentKind
  readonly time: Micros
  /** The span that recorded it. */
  readonly spanId: SpanId
  /** What the assistant made of it; absent where that is not recorded or not read yet. */
  readonly outcome?: 'accepted' | 'ignored' | 'failed'
  /** What the caller said, where that was recorded. */
  readonly text?: string
  /** Why it was accepted, ignored or rejected, as recorded. */
  readonly reason?: string
}

/** Spans that are a moment by their name alone. */
const BY_NAME: { readonly [name: string]: CallMomentKind } = {
  'handle barge-in': 'barge-in',
  'handle silence': 'silence',
  'handle dtmf': 'keypad',
}

/** Events of the call itself that are a moment each. */
const BY_EVENT: { readonly [name: string]: CallMomentKind } = {
  'voice.transcript_rejected': 'rejected',
  'voice.hangup_requested': 'hang-up',
  'voice.disconnect': 'disconnect',
}

const OUTCOME = /_(accepted|ignored|failed)$/
const CALL = 'voice call'
const MOST_SPANS = 60
const MOST_MOMENTS = 500

const isCall = ({ name }: { readonly name: string }): boolean => name === CALL

/** The spans whose payloads say what became of a call's moments: the call first, then in order of time. */
export function momentSpans(outlines: readonly SpanOutline[]): readonly SpanId[] {
  const named = outlines
    .filter(({ name }) => Object.hasOwn(BY_NAME, name))
    .toSorted((a, b) => a.startTime - b.startTime)
  return [...outlines.filter(isCall), ...named].slice(0, MOST_SPANS).map(({ spanId }) => spanId)
}

const textOf = (value: AttributeValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const detailOf = (events: readonly SpanEvent[]): Pick<CallMoment, 'outcome' | 'text' | 'reason'> => {
  const decision = events.findLast(({ name }) => OUTCOME.test(name))
  const outcome = decision && (OUTCOME.exec(decision.name)?.[1] as CallMoment['outcome'])
  const said = events.map(({ attributes }) => textOf(attributes['voice.barge_in.transcript']))
  const text = said.findLast((one) => one !== undefined)
  const reason = textOf(decision?.attributes['voice.barge_in.reason'])
  return {
    ...(outcome !== undefined && { outcome }),
    ...(text !== undefined && { text }),
    ...(reason !== undefined && { reason }),
  }
}

const ofCall = (span: Span): readonly CallMoment[] =>
  span.events.flatMap((event) => {
    const kind = Object.hasOwn(BY_EVENT, event.name) ? BY_EVENT[event.name] : undefined
    if (!kind) return []
    const reason = textOf(event.attributes['voice.transcript_rejection.reason'])
    return [{ kind, time: event.time, spanId: span.spanId, ...(reason !== undefined && { reason }) }]
  })

/**
 * What happened in a call beside its turns, in order of time. Outlines alone say when; `payloads`, as many as
 * are there by now, say what became of it, and when the call was hung up.
 */
export function callMoments(
  outlines: readonly SpanOutline[],
  payloads: readonly Span[],
): readonly CallMoment[] {
  const known = new Map(payloads.map((span) => [span.spanId, span]))
  const named = outlines.flatMap(({ name, spanId, startTime }): readonly CallMoment[] => {
    const kind = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined
    return kind ? [{ kind, spanId, time: startTime, ...detailOf(known.get(spanId)?.events ?? []) }] : []
  })
  const ofCalls = payloads.filter(isCall).flatMap(ofCall)
  // Without the call's own events its services being left tells that it has ended.
  const left = outlines
    .filter(({ name }) => name.startsWith('disconnect '))
    .toSorted((a, b) => a.startTime - b.startTime)[0]
  const ended =
    left && !ofCalls.some(({ kind }) => kind === 'disconnect')
      ? [{ kind: 'disconnect' as const, spanId: left.spanId, time: left.startTime }]
      : []
  return [...named, ...ofCalls, ...ended].toSorted((a, b) => a.time - b.time).slice(0, MOST_MOMENTS)
}
