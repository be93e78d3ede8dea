import { setImmediate } from 'node:timers/promises'
import { saysCut } from '../../../domain/model/cut-text.ts'
import type { Span } from '../../../domain/model/span.ts'
import { decodeLogsJsonInSteps, decodeLogsProtobufInSteps } from '../../../formats/otlp/decode-logs.ts'
import {
  decodeTracesJsonInSteps,
  decodeTracesProtobufInSteps,
  type RejectedSpans,
  type SpansInSteps,
} from '../../../formats/otlp/decode-traces.ts'
import { NotOtlpError } from '../../../formats/otlp/guard/not-otlp.ts'
import type { OtlpLimits } from '../../../formats/otlp/guard/otlp-limits.ts'
import { OverLimitError } from '../../../formats/otlp/guard/over-limit.ts'
import { otlpJsonLimits } from '../../../formats/otlp/json/json-limits.ts'
import { inTurns } from '../../import/in-turns.ts'
import { parseJsonBody } from '../door/json-body.ts'
import { Refusal, refusalOf, refusalOfSink } from '../door/refusal.ts'
import type { SpanSink } from '../door/span-sink.ts'
import type { Accepted, OtlpEncoding } from './otlp-answers.ts'

/** One kind of export: how its requests are taken, and how its answers name what was rejected. */
export interface OtlpSignal {
  readonly rejectedName: string
  /** The full name of the gRPC method. */
  readonly method: string
  /** HTTP paths: OTLP's own, and the one under which Langfuse's SDKs send it. */
  readonly paths: readonly string[]
  readonly take: (
    body: Buffer,
    encoding: OtlpEncoding,
    sink: SpanSink,
    limits: OtlpLimits,
  ) => Promise<Accepted>
}

type Steps<Decoded> = Generator<undefined, Decoded>

/** Decodes by encoding; whatever is no export is malformed. */
const decoded = async <Decoded>(
  body: Buffer,
  encoding: OtlpEncoding,
  limits: OtlpLimits,
  read: {
    json: (value: unknown) => Steps<Decoded>
    protobuf: (bytes: Uint8Array) => Steps<Decoded>
  },
): Promise<Decoded> => {
  try {
    if (encoding === 'protobuf') return await inTurns(read.protobuf(body))
    return await inTurns(read.json(await parseJsonBody(body, otlpJsonLimits(limits))))
  } catch (error) {
    throw refusalOfDecoder(error)
  }
}

/** What a decoder threw, as the answer: whatever is no export is malformed. */
const refusalOfDecoder = (error: unknown): Refusal => {
  if (error instanceof NotOtlpError) return new Refusal('malformed', error.message, { cause: error })
  if (error instanceof OverLimitError) return new Refusal('too-large', error.message, { cause: error })
  return refusalOf(error)
}

/** Gives spans as they are read; other requests get their turn meanwhile. Throws Refusals alone. */
async function* inParts(
  steps: SpansInSteps,
  done: (rejected: RejectedSpans) => void,
): AsyncGenerator<readonly Span[]> {
  for (;;) {
    let step: IteratorResult<readonly Span[], RejectedSpans>
    try {
      step = steps.next()
    } catch (error) {
      throw refusalOfDecoder(error)
    }
    if (step.done) return done(step.value)
    if (step.value.length > 0) yield step.value
    await setImmediate()
  }
}

/** Hands spans to the sink while they are read, where it takes them so. */
const writeSpans = async (sink: SpanSink, parts: AsyncIterable<readonly Span[]>): Promise<void> => {
  if (sink.addSpansInParts) return sink.addSpansInParts(parts)
  const spans: Span[] = []
  for await (const part of parts) for (const span of part) spans.push(span)
  if (spans.length > 0) await sink.addSpans(spans)
}

const written = async (write: () => Promise<void>): Promise<void> => {
  try {
    await write()
  } catch (error) {
    throw refusalOfSink(error)
  }
}

/**
 * The two signals. Once a request is read, it is written even when its sender has gone: it will send it again,
 * and the same span twice counts once.
 */
export const OTLP_SIGNALS: readonly OtlpSignal[] = [
  {
    rejectedName: 'rejectedSpans',
    method: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    paths: ['/v1/traces', '/api/public/otel/v1/traces'],
    take: async (body, encoding, sink, limits) => {
      const steps =
        encoding === 'json'
          ? decodeTracesJsonInSteps(await parseJsonBody(body, otlpJsonLimits(limits)), limits)
          : decodeTracesProtobufInSteps(body, limits)
      let left: RejectedSpans = { problems: [], rejected: 0 }
      const parts = inParts(steps, (rejected) => {
        left = rejected
      })
      await written(() => writeSpans(sink, parts))
      const { problems, rejected } = left
      return { rejected, message: problems.join('; ') }
    },
  },
  {
    rejectedName: 'rejectedLogRecords',
    method: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    paths: ['/v1/logs'],
    take: async (body, encoding, sink, limits) => {
      const { logs, problems, rejected } = await decoded(body, encoding, limits, {
        json: (value) => decodeLogsJsonInSteps(value, limits),
        protobuf: (bytes) => decodeLogsProtobufInSteps(bytes, limits),
      })
      if (logs.length > 0) await written(() => sink.addLogs(logs))
      const told = rejected > 0 ? problems : problems.filter((problem) => saysCut([problem]))
      return { rejected, message: told.join('; ') }
    },
  },
]
