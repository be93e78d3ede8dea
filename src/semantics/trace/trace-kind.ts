import type { SpanOutline } from '../../domain/model/span.ts'
import type { TraceKind } from '../../domain/model/trace.ts'
import {
  RASA_CALL_ROOT,
  RASA_HOUSEKEEPING,
  RASA_NO_TURN,
  RASA_TRAINING_ROOT,
  RASA_TURN_ROOT,
} from '../conventions/rasa/rasa-kind.ts'
import type { SpanReading } from '../reading.ts'

/** A trace as the rules of its kind look at it. */
export interface KindEvidence {
  readonly readings: readonly SpanReading[]
  /** undefined while it has not come. */
  readonly root: SpanReading | undefined
  readonly tops: readonly SpanReading[]
  readonly hasSession: boolean
  readonly hasInput: boolean
}

const isRasa = ({ facts }: SpanReading): boolean => facts.convention === 'rasa'
const named = (test: RegExp) => (reading: SpanReading) => isRasa(reading) && test.test(reading.outline.name)

/** While a call runs its root is missing: many spans under one absent parent, of one conversation. */
const isCallUnderWay = ({ root, tops }: KindEvidence): boolean =>
  root === undefined &&
  tops.length > 0 &&
  new Set(tops.map(({ outline }) => outline.parentId)).size === 1 &&
  tops.some(({ outline }) => VOICE_PARTS.test(outline.name)) &&
  tops.every(isRasa)

const VOICE_PARTS =
  /^(connect|disconnect) (asr|tts)$|^(transcribe audio|handle (turn|barge-in|dtmf|silence))$/

const TALKING: ReadonlySet<SpanOutline['kind']> = new Set(['message', 'agent', 'generation'])

/** Ordered: the first rule that holds says what a trace is. */
const RULES: readonly (readonly [holds: (evidence: KindEvidence) => boolean, kind: TraceKind])[] = [
  [({ tops }) => tops.some(named(new RegExp(`^${RASA_TRAINING_ROOT}$`))), 'training'],
  [({ root }) => root !== undefined && named(new RegExp(`^${RASA_CALL_ROOT}$`))(root), 'call'],
  [isCallUnderWay, 'call'],
  [({ readings }) => readings.some(named(RASA_TURN_ROOT)), 'turn'],
  [({ tops }) => tops.length > 0 && tops.every(named(RASA_HOUSEKEEPING)), 'housekeeping'],
  [({ tops }) => tops.length > 0 && tops.every(named(RASA_NO_TURN)), 'other'],
  [({ root }) => root?.facts.setUp === true, 'other'],
  [({ readings }) => readings.some(({ outline }) => TALKING.has(outline.kind)), 'turn'],
  [({ hasInput, hasSession }) => hasInput || hasSession, 'turn'],
]

/** What a trace is; `other` where nothing says. */
export const traceKind = (evidence: KindEvidence): TraceKind =>
  RULES.find(([holds]) => holds(evidence))?.[1] ?? 'other'
