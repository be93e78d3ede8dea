import {
  type AttributeValue,
  SPAN_KINDS,
  type Span,
  type SpanOutline,
  type SpanState,
} from '../model/span.ts'
import {
  type DurationMicros,
  type Micros,
  type SpanId,
  spanId,
  type TraceId,
  traceId,
} from '../model/units.ts'

/** When drawn traces begin. */
export const DRAWING_START = 1_700_000_000_000_000 as Micros
export const DRAWING_TRACE: TraceId = traceId('0123456789abcdef0123456789abcdef')

interface DrawnLine {
  readonly indent: number
  readonly name: string
  readonly from: number
  /** null = still running. */
  readonly to: number | null
  readonly words: readonly string[]
}

const LINE = /^( *)(.+?) {2,}(-?[\d.]+)\.\.(-?[\d.]+)?(?:\s+(.*))?$/
const WORD = /[\w.-]+="(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|\S+/g

function readLine(line: string): DrawnLine {
  const match = LINE.exec(line)
  if (match === null) throw new Error(`not a line of a drawing: ${JSON.stringify(line)}`)
  const [, indent = '', name = '', from, to, rest = ''] = match
  return {
    indent: indent.length,
    name,
    from: Number(from),
    to: to === undefined ? null : Number(to),
    words: rest.match(WORD) ?? [],
  }
}

function readValue(text: string): AttributeValue {
  try {
    return JSON.parse(text) as AttributeValue
  } catch {
    return text
  }
}

interface Drawn {
  id?: string
  parent?: string | null
  service: string
  error?: string
  failed: boolean
  attributes: Record<string, AttributeValue>
}

function readWords(words: readonly string[]): Drawn {
  const drawn: Drawn = { service: 'bot', failed: false, attributes: {} }
  for (const word of words) {
    const equals = word.indexOf('=')
    if (word === 'error') drawn.failed = true
    else if (word.startsWith('"')) drawn.error = String(readValue(word))
    else if (word.startsWith('#')) drawn.id = word.slice(1)
    else if (word === '^') drawn.parent = null
    else if (word.startsWith('^')) drawn.parent = word.slice(1)
    else if (word.startsWith('@')) drawn.service = word.slice(1)
    else if (equals > 0) drawn.attributes[word.slice(0, equals)] = readValue(word.slice(equals + 1))
    else throw new Error(`not a word of a drawing: ${word}`)
  }
  return drawn
}

/**
 * Draws a trace as text, for tests. A line is a span; what is indented below it are its children:
 * ```
 * Agent.handle_message        0..6000
 *   MessageProcessor.x        10..500   error "boom"
 *   llm                       500..     #a1 @actions model="gpt" ^missing
 * ```
 * Times are milliseconds since the start, `a..` is still running. After them, in any order: `error`
 * with its message in quotes, `#id`, `^parent` (another id than the drawing's; `^` alone = none),
 * `@service`, and `key=value` attributes, JSON where it parses. Ids are the line's number in 16 hex digits.
 */
export function traceOf(drawing: string): Span[] {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '')
  const base = Math.min(...lines.map((line) => line.search(/\S/)))
  const open: { indent: number; id: SpanId }[] = []
  return lines.map((text, index) => {
    const line = readLine(text.slice(base).trimEnd())
    const { id, parent, service, error, failed, attributes } = readWords(line.words)
    while ((open.at(-1)?.indent ?? -1) >= line.indent) open.pop()
    const drawnId = spanId(id ?? (index + 1).toString(16).padStart(16, '0'))
    const drawnParent = parent === undefined ? (open.at(-1)?.id ?? null) : parent
    open.push({ indent: line.indent, id: drawnId })
    return {
      traceId: DRAWING_TRACE,
      spanId: drawnId,
      parentId: drawnParent === null ? null : spanId(drawnParent),
      name: line.name,
      otelKind: 'internal',
      startTime: (DRAWING_START + Math.round(line.from * 1000)) as Micros,
      duration: line.to === null ? null : (Math.round((line.to - line.from) * 1000) as DurationMicros),
      status: {
        code: failed ? 'error' : 'unset',
        ...(error !== undefined && { message: error }),
      },
      attributes,
      events: [],
      links: [],
      resource: { 'service.name': service },
      scope: { name: 'drawing' },
    }
  })
}

/** The same as outlines; `kind`, `state`, `label` and `duplicate` are read from the attributes so named. */
export const outlinesOf = (drawing: string): SpanOutline[] =>
  traceOf(drawing).map(({ spanId, parentId, name, startTime, duration, status, attributes, resource }) => {
    const state = duration === null ? 'running' : status.code === 'error' ? 'error' : 'ok'
    return {
      spanId,
      parentId,
      name,
      kind: SPAN_KINDS.find((kind) => kind === attributes.kind) ?? 'custom',
      startTime,
      duration,
      service: String(resource['service.name']),
      state: (attributes.state as SpanState | undefined) ?? state,
      ...(attributes.label !== undefined && { label: String(attributes.label) }),
      ...(status.message !== undefined && { error: status.message }),
      ...(attributes.duplicate === true && { duplicate: true as const }),
    }
  })
