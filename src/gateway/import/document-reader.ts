import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SourceError } from '../../domain/port/source-error.ts'
import { BadJsonError, DEFAULT_JSON_LIMITS, type JsonLimits } from '../../formats/json-count.ts'
import { parseJsonInSteps } from '../../formats/json-in-steps.ts'
import { OverLimitError } from '../../formats/otlp/guard/over-limit.ts'
import { inTurns } from './in-turns.ts'

/** One JSON document, by itself or a line of many. Beyond this, parsing would hold up everyone else. */
export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

/** A document is read as a whole before the first of it is stored, so what it lists has a bound of its own. */
const JSON_LIMITS: JsonLimits = { ...DEFAULT_JSON_LIMITS, listed: 500_000 }
/** More of them would keep the reader busy for minutes, for nothing. */
const MOST_BLANK = 1_000_000
const AS_LINES = 'as JSON lines a file may have any size'

/** What stands in a file: a document, or a line that is none: `problem` says what it is instead, in words. */
export type FoundDocument =
  | { readonly ok: true; readonly value: unknown; readonly line: number; readonly bytes: number }
  | { readonly ok: false; readonly line: number; readonly problem: string }

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b
const NEWLINE = 0x0a
const LINE_END = Buffer.from([NEWLINE])
/** UTF-8's mark at the start of a file. */
const BOM = [0xef, 0xbb, 0xbf]
const BLANK: ReadonlySet<number> = new Set(Buffer.from(' \t\r\v\f'))

const tooLarge = (): SourceError =>
  new SourceError(
    'bad-request',
    `one document holds more than ${MAX_DOCUMENT_BYTES / 1_048_576} MiB; ${AS_LINES}`,
  )

async function* rejoined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/** The bytes of a file, unpacked where it is gzip. */
async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return
  const whole = rejoined(first.value, iterator)
  if (!isGzip(first.value)) {
    yield* whole
    return
  }
  const gunzip = createGunzip()
  // Its failure reaches the reader below by way of the stream itself.
  pipeline(Readable.from(whole), gunzip).catch(() => {})
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array
  } catch (cause) {
    throw new SourceError('bad-request', 'the file is damaged: its gzip cannot be unpacked', { cause })
  }
}

/** Lines without their ends, blank ones too, so that they can be counted. Bounded by the size of a document. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let length = 0
  const add = (part: Uint8Array): void => {
    parts.push(part)
    length += part.length
    if (length > MAX_DOCUMENT_BYTES) throw tooLarge()
  }
  const take = (): Buffer => {
    const line = Buffer.concat(parts)
    parts = []
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      yield take()
      start = end + 1
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  if (length > 0) yield take()
}

type Parsed =
  | { readonly value: object }
  /** What is wrong with it; whether it is more than is read, and may be well-formed all the same. */
  | { readonly problem: string; readonly isOverLimit?: true }

/** A document that is a list or an object; else what is wrong with it. */
async function parsed(bytes: Uint8Array): Promise<Parsed> {
  try {
    const value = await inTurns(parseJsonInSteps(bytes, JSON_LIMITS))
    return typeof value === 'object' && value !== null ? { value } : { problem: 'no JSON' }
  } catch (error) {
    if (error instanceof OverLimitError) return { problem: error.message, isOverLimit: true }
    if (error instanceof BadJsonError) return { problem: error.message }
    throw error
  }
}

/** The rest of a file as one text, after what was read of it already. */
async function wholeText(head: readonly Buffer[], lines: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  const add = (line: Buffer): void => {
    length += line.length
    if (length > MAX_DOCUMENT_BYTES) throw tooLarge()
    parts.push(line, LINE_END)
  }
  for (const line of head) add(line)
  for (let next = await lines.next(); !next.done; next = await lines.next()) add(next.value)
  return Buffer.concat(parts)
}

const whatIsWrong = ({ problem, isOverLimit }: Extract<Parsed, { readonly problem: string }>): string =>
  isOverLimit ? `a line of ${problem}` : `a line that is ${problem}`

const withoutBom = (line: Buffer): Buffer =>
  BOM.every((byte, at) => line[at] === byte) ? line.subarray(3) : line
const isBlank = (line: Buffer): boolean => line.every((byte) => BLANK.has(byte))

/**
 * The JSON documents of a file, in order, at the memory of one: a file is JSON lines where its first or second
 * line is a document by itself, else it is one document. Rejects `bad-request` where it is neither.
 */
export async function* readDocuments(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FoundDocument> {
  const lines = linesOf(unpacked(chunks))
  const head: Buffer[] = []
  let number = 0
  let blank = 0
  let isLines = false
  let problem = ''
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    number += 1
    const line = number === 1 ? withoutBom(next.value) : next.value
    if (isBlank(line)) {
      if (++blank > MOST_BLANK) throw new SourceError('bad-request', `more than ${MOST_BLANK} blank lines`)
      continue
    }
    const read = await parsed(line)
    if ('value' in read) {
      if (!isLines) for (const _ of head) yield { ok: false, line: number - 1, problem }
      isLines = true
      yield { ok: true, value: read.value, line: number, bytes: line.length }
    } else if (isLines) yield { ok: false, line: number, problem: whatIsWrong(read) }
    else {
      problem = whatIsWrong(read)
      if (head.push(line) === 2) break
    }
  }
  if (isLines || head.length === 0) return
  const text = await wholeText(head, lines)
  const read = await parsed(text)
  if ('problem' in read) {
    if (read.isOverLimit)
      throw new SourceError('bad-request', `the file cannot be read: ${read.problem}; ${AS_LINES}`)
    const why = read.problem === 'no JSON' ? '' : ` (${read.problem})`
    throw new SourceError('bad-request', `the file is neither JSON nor JSON lines${why}`)
  }
  yield { ok: true, value: read.value, line: 1, bytes: text.length }
}
