import type { Span } from '../../domain/model/span.ts'
import type { Caller, Data, Model, Script, Turn } from './exchange.ts'
import { genAiTrace } from './gen-ai-trace.ts'
import { langfuseTrace } from './langfuse-trace.ts'
import { openInferenceTrace } from './open-inference-trace.ts'
import type { Mishap } from './plan-turn.ts'
import type { Random } from './random.ts'
import { rasaTrace } from './rasa-trace.ts'
import { BANK_CLOSING, BANK_SCRIPTS, bankCustomer } from './scripts/bank.ts'
import { BENEFITS_CLOSING, BENEFITS_SCRIPTS, benefitsApplicant } from './scripts/benefits.ts'
import { CLINIC_CLOSING, CLINIC_SCRIPTS, clinicPatient } from './scripts/clinic.ts'
import { SUPPORT_CLOSING, SUPPORT_SCRIPTS, supportVisitor } from './scripts/support.ts'

export interface Version {
  readonly name: string
  /** From which part of the whole stretch of time on it is in use, 0 to 1. */
  readonly since: number
  readonly model: Model
}

export interface Chatbot {
  readonly name: string
  readonly weight: number
  readonly versions: readonly [Version, ...Version[]]
  readonly channels: readonly (readonly [string, number])[]
  readonly languages: readonly (readonly [string, number])[]
  readonly system: string
  /** Tokens of prompt and tool definitions. */
  readonly basis: number
  readonly scripts: readonly (readonly [Script, number])[]
  readonly closing: Script
  readonly sessionPrefix: string
  readonly participantId: (random: Random) => string
  readonly firstData: (random: Caller['random'], name: string) => Data
  readonly mishaps: readonly (readonly [Mishap | 'none', number])[]
  readonly write: (turn: Turn, random: Random) => readonly Span[]
}

const GPT_4O: Model = {
  requested: 'gpt-4o',
  answered: 'gpt-4o-2024-11-20',
  provider: 'openai',
  inputPrice: 2.5,
  cachedPrice: 1.25,
  outputPrice: 10,
}
const GPT_41_MINI: Model = {
  requested: 'gpt-4.1-mini',
  answered: 'gpt-4.1-mini-2025-04-14',
  provider: 'openai',
  inputPrice: 0.4,
  cachedPrice: 0.1,
  outputPrice: 1.6,
}
const SONNET: Model = {
  requested: 'claude-sonnet-4-5',
  answered: 'claude-sonnet-4-5-20250929',
  provider: 'anthropic',
  inputPrice: 3,
  cachedPrice: 0.3,
  outputPrice: 15,
}
const HAIKU: Model = {
  requested: 'claude-haiku-4-5',
  answered: 'claude-haiku-4-5-20251001',
  provider: 'anthropic',
  inputPrice: 1,
  cachedPrice: 0.1,
  outputPrice: 5,
}

/** Rasa names a trained model by its time and two random words. */
export const MODEL_FILES = {
  '11': '20261103-074110-quiet-delta.tar.gz',
  '12': '20261117-101203-amber-falcon.tar.gz',
} as const

const TRANSFER: Chatbot = {
  name: 'Transfer',
  weight: 4,
  versions: [
    { name: '11', since: 0, model: GPT_4O },
    { name: '12', since: 0.22, model: GPT_41_MINI },
  ],
  channels: [
    ['rest', 4],
    ['socketio', 3],
    ['whatsapp', 2],
  ],
  languages: [
    ['en', 5],
    ['pt', 3],
    ['es', 1],
  ],
  system:
    'You turn what a customer of Harbor Bank writes into commands: start a flow, set a slot, answer a question.',
  basis: 1180,
  scripts: BANK_SCRIPTS,
  closing: BANK_CLOSING,
  sessionPrefix: 's-',
  participantId: (random) => `cust-${random.int(10_000, 99_999)}`,
  firstData: bankCustomer,
  mishaps: [
    ['none', 90],
    ['tool-timeout', 5],
    ['model-retried', 2],
    ['model-limit', 1],
  ],
  write: (turn, random) => {
    const version = turn.deployment.version === '11' ? '11' : '12'
    return rasaTrace(turn, random, { texts: version !== '11', modelName: MODEL_FILES[version] })
  },
}

const CLINIC: Chatbot = {
  name: 'Clinic Intake',
  weight: 2,
  versions: [
    { name: '6', since: 0, model: SONNET },
    { name: '7', since: 0.5, model: SONNET },
  ],
  channels: [
    ['sms', 3],
    ['web', 2],
  ],
  languages: [
    ['en', 5],
    ['es', 1],
  ],
  system:
    'You prepare a visit to Northgate Clinic. Ask one question at a time, in plain words. Never give a diagnosis. If something sounds like an emergency, say to call 999 and stop.',
  basis: 820,
  scripts: CLINIC_SCRIPTS,
  closing: CLINIC_CLOSING,
  sessionPrefix: 's-',
  participantId: (random) => `+44 7700 9${String(random.int(0, 99_999)).padStart(5, '0')}`,
  firstData: clinicPatient,
  mishaps: [
    ['none', 90],
    ['tool-retried', 5],
    ['tool-timeout', 3],
    ['model-retried', 2],
    ['model-limit', 1],
  ],
  write: genAiTrace,
}

const SUPPORT: Chatbot = {
  name: 'Support RAG',
  weight: 4,
  versions: [
    { name: '2.2.4', since: 0, model: GPT_4O },
    { name: '2.3.0', since: 0.4, model: GPT_41_MINI },
    { name: '2.3.1', since: 0.8, model: GPT_41_MINI },
  ],
  channels: [
    ['widget', 5],
    ['slack', 2],
    ['email', 1],
  ],
  languages: [
    ['en', 6],
    ['de', 2],
    ['fr', 2],
    ['es', 1],
    ['ja', 1],
    ['pt', 1],
  ],
  system:
    'You answer questions of Relaydesk customers from the passages given, in the language of the question, in at most three sentences. Say so where the passages do not hold the answer.',
  basis: 340,
  scripts: SUPPORT_SCRIPTS,
  closing: SUPPORT_CLOSING,
  sessionPrefix: 'c-',
  participantId: (random) => `web-${random.hex(6)}`,
  firstData: supportVisitor,
  mishaps: [
    ['none', 90],
    ['model-limit', 3],
    ['tool-timeout', 4],
    ['model-retried', 3],
  ],
  write: openInferenceTrace,
}

const BENEFITS: Chatbot = {
  name: 'Benefits Helper',
  weight: 2,
  versions: [
    { name: '3', since: 0, model: HAIKU },
    { name: '4', since: 0.6, model: HAIKU },
  ],
  channels: [
    ['whatsapp', 5],
    ['telegram', 2],
  ],
  languages: [
    ['sw', 3],
    ['en', 2],
  ],
  system:
    'You help people of six counties to apply for the Kijani grant, in Swahili or English, in short sentences that can be read on a small phone.',
  basis: 560,
  scripts: BENEFITS_SCRIPTS,
  closing: BENEFITS_CLOSING,
  sessionPrefix: 'b-',
  participantId: (random) => `p-${random.hex(8)}`,
  firstData: benefitsApplicant,
  mishaps: [
    ['none', 90],
    ['pipeline', 4],
    ['tool-timeout', 3],
    ['tool-retried', 3],
    ['model-retried', 1],
  ],
  write: langfuseTrace,
}

export const CHATBOTS: readonly Chatbot[] = [TRANSFER, SUPPORT, CLINIC, BENEFITS]
/** The one that has a turn under way when the sample is opened. */
export const UNDER_WAY = CLINIC
