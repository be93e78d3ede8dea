import type { Span } from '../../../domain/model/span.ts'
import { saidNumber } from '../../readable/tolerant-value.ts'

/** What a span of a voice call says: what the call's turns are put together from. */
export interface VoiceFacts {
  /** What began a turn that nobody spoke for. */
  readonly trigger?: 'dtmf' | 'silence'
  /** Counted from 1. */
  readonly turnIndex?: number
  /** From the caller's last word to the first sound of the answer, in milliseconds. */
  readonly perceivedMs?: number
  readonly interrupted?: true
}

const TRIGGERS = { 'handle dtmf': 'dtmf', 'handle silence': 'silence' } as const

/** undefined where a span is of no voice call, or says nothing of it. */
export function voiceFacts({ name, scope, attributes }: Span): VoiceFacts | undefined {
  if (scope.name !== 'rasa.voice') return undefined
  const trigger = name === 'handle dtmf' || name === 'handle silence' ? TRIGGERS[name] : undefined
  const turnIndex = saidNumber(attributes['voice.turn.index'])
  const perceivedMs = saidNumber(attributes['voice.latency.user_perceived_ms'])
  const interrupted = attributes['voice.interrupted'] === true
  if (trigger === undefined && turnIndex === undefined && perceivedMs === undefined && !interrupted)
    return undefined
  return {
    ...(trigger !== undefined && { trigger }),
    ...(turnIndex !== undefined && { turnIndex }),
    ...(perceivedMs !== undefined && { perceivedMs }),
    ...(interrupted && { interrupted }),
  }
}
