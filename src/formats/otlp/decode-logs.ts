import type { LogRecord } from '../../domain/model/span.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from './guard/otlp-limits.ts'
import { ProblemList } from './guard/problem-list.ts'
import { inOneGo, Pace } from './guard/steps.ts'
import { ValueGuard } from './guard/value-guard.ts'
import { jsonGroups } from './json/json-groups.ts'
import { readJsonLogRecord } from './json/json-logs.ts'
import { readGroups } from './protobuf/protobuf-groups.ts'
import { readLogRecord } from './protobuf/protobuf-logs.ts'
import { ProtobufWire } from './protobuf/protobuf-wire.ts'
import { logRecordOf, type RawLogRecord } from './raw-span.ts'

/** What an export of log records holds. */
export interface DecodedLogs {
  readonly logs: readonly LogRecord[]
  /** Why records were rejected, and what was cut in those that were kept, in words. */
  readonly problems: readonly string[]
  /** How many records were rejected. */
  readonly rejected: number
  /** How many records name no trace: they are not kept, and that is no problem. */
  readonly withoutTrace: number
}

/** Gathers log records up to the limit. */
class LogGatherer {
  private readonly logs: LogRecord[] = []
  private readonly problems = new ProblemList()
  private rejected = 0
  private withoutTrace = 0
  private looked = 0
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get isFull(): boolean {
    return this.looked >= this.limit
  }

  add(raw: RawLogRecord, noted: ProblemList): void {
    this.looked += 1
    const record = logRecordOf(raw)
    const told = noted.take()
    if (record === null) {
      this.withoutTrace += 1
      return
    }
    if ('rejected' in record) {
      this.rejected += 1
      this.problems.add(record.rejected)
      return
    }
    for (const problem of told ?? []) this.problems.add(problem)
    this.logs.push(record)
  }

  rejectBeyondLimit(count: number): void {
    if (count === 0) return
    this.rejected += count
    this.problems.add(`${count} log records rejected: a request may hold ${this.limit}`)
  }

  done(): DecodedLogs {
    const { logs, rejected, withoutTrace } = this
    return { logs, problems: this.problems.list(), rejected, withoutTrace }
  }
}

const NAMES = {
  groups: 'resourceLogs',
  scopes: ['scopeLogs', 'instrumentationLibraryLogs'],
  records: ['logRecords', 'logs'],
} as const

/** Adds records one by one until there are too many, pausing so often that nothing else waits long. */
function* gather<Raw>(
  gatherer: LogGatherer,
  records: readonly Raw[],
  pace: Pace,
  { parts }: ValueGuard,
  add: (record: Raw) => void,
): Generator<undefined, void> {
  let read = 0
  for (const record of records) {
    if (gatherer.isFull) break
    parts.begin()
    add(record)
    read += 1
    if (pace.isPauseDue(parts.sinceBegin)) yield
  }
  gatherer.rejectBeyondLimit(records.length - read)
}

/**
 * Reads an ExportLogsServiceRequest as OTLP/JSON, already parsed, a step of some records at a time.
 * @throws NotOtlpError where it is no such export, OverLimitError where it holds too many parts.
 */
export function* decodeLogsJsonInSteps(
  value: unknown,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Generator<undefined, DecodedLogs> {
  const guard = new ValueGuard(limits)
  const gatherer = new LogGatherer(limits.records)
  const pace = new Pace()
  for (const group of jsonGroups(value, NAMES, guard)) {
    if (group === null) yield
    else
      yield* gather(gatherer, group.records, pace, guard, (record) =>
        gatherer.add(readJsonLogRecord(record, guard), guard.problems),
      )
  }
  return gatherer.done()
}

/**
 * Reads an ExportLogsServiceRequest as protobuf, a step of some records at a time. No bytes are a valid, empty one.
 * @throws NotOtlpError where the bytes are malformed, OverLimitError where they hold too many parts.
 */
export function* decodeLogsProtobufInSteps(
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Generator<undefined, DecodedLogs> {
  const wire = new ProtobufWire(bytes, limits)
  const gatherer = new LogGatherer(limits.records)
  const pace = new Pace()
  for (const group of readGroups(wire)) {
    if (group === null) yield
    else
      yield* gather(gatherer, group.positions, pace, wire.guard, (position) =>
        gatherer.add(readLogRecord(wire, position), wire.guard.problems),
      )
  }
  return gatherer.done()
}

/** `decodeLogsJsonInSteps` in one go. @testing */
export const decodeLogsJson = (value: unknown, limits: OtlpLimits = DEFAULT_OTLP_LIMITS): DecodedLogs =>
  inOneGo(decodeLogsJsonInSteps(value, limits))

/** `decodeLogsProtobufInSteps` in one go. @testing */
export const decodeLogsProtobuf = (
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): DecodedLogs => inOneGo(decodeLogsProtobufInSteps(bytes, limits))
