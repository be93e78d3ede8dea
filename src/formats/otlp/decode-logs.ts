import type { LogRecord } from '../../domain/span.ts'
import { visitJsonGroups } from './json-groups.ts'
import { readJsonLogRecord } from './json-logs.ts'
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from './otlp-limits.ts'
import { ProblemList } from './problem-list.ts'
import { visitGroups } from './protobuf-groups.ts'
import { readLogRecord } from './protobuf-logs.ts'
import { ProtobufWire } from './protobuf-wire.ts'
import { logRecordOf, type RawLogRecord } from './raw-span.ts'
import { ValueGuard } from './value-guard.ts'

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
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get isFull(): boolean {
    return this.logs.length >= this.limit
  }

  add(raw: RawLogRecord, noted: ProblemList): void {
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

/**
 * Reads an ExportLogsServiceRequest as OTLP/JSON, already parsed.
 * @throws NotOtlpError where it is no such export.
 */
export const decodeLogsJson = (value: unknown, limits: OtlpLimits = DEFAULT_OTLP_LIMITS): DecodedLogs => {
  const guard = new ValueGuard(limits)
  const gatherer = new LogGatherer(limits.records)
  visitJsonGroups(value, NAMES, guard, (_origin, records) => {
    let read = 0
    for (const record of records) {
      if (gatherer.isFull) break
      gatherer.add(readJsonLogRecord(record, guard), guard.problems)
      read += 1
    }
    gatherer.rejectBeyondLimit(records.length - read)
  })
  return gatherer.done()
}

/**
 * Reads an ExportLogsServiceRequest as protobuf. No bytes are a valid, empty one.
 * @throws NotOtlpError where the bytes are malformed.
 */
export const decodeLogsProtobuf = (
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): DecodedLogs => {
  const wire = new ProtobufWire(bytes, limits)
  const gatherer = new LogGatherer(limits.records)
  visitGroups(wire, (group) => {
    let read = 0
    for (const position of group.positions) {
      if (gatherer.isFull) break
      gatherer.add(readLogRecord(wire, position), wire.guard.problems)
      read += 1
    }
    gatherer.rejectBeyondLimit(group.positions.length - read)
  })
  return gatherer.done()
}
