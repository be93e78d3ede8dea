import { parse } from 'csv-parse/sync'
import { getJson } from './api.ts'

/** A row of the export by its header, the formula guard taken off. */
export type CsvRow = Readonly<Record<string, string>>

const unguarded = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)

/** Reads a downloaded export by a reader that is not the project's. Throws where it is not proper CSV. */
export function readCsv(text: string): { headers: readonly string[]; rows: readonly CsvRow[] } {
  const [headers = [], ...lines] = parse(text, { bom: true, record_delimiter: '\r\n' }) as string[][]
  const rows = lines.map((cells) =>
    Object.fromEntries(headers.map((header, at) => [header, unguarded(cells[at] ?? '')])),
  )
  return { headers, rows }
}

/** What of a turn the API says that the export says too. */
export interface ApiTurn {
  readonly traceId: string
  readonly startTime: number
  readonly duration: number
  readonly status: string
  readonly chatbot: { readonly name: string; readonly version?: string }
  readonly session?: { readonly id: string }
  readonly participant?: { readonly id: string; readonly name?: string }
  readonly input?: string
  readonly output?: string
  readonly error?: string
  readonly metrics: Readonly<Record<string, number | null | undefined>>
  readonly tags: readonly string[]
  readonly environment?: string
  readonly feedback: readonly unknown[]
  readonly participantData?: { readonly before?: unknown; readonly after?: unknown }
  readonly sessionData?: unknown
}

const count = (value: number | null | undefined): string => (value == null ? '' : String(value))
const data = (value: unknown): unknown => (value === undefined ? '' : value)
const parsed = (cell: string | undefined): unknown => (cell ? JSON.parse(cell) : '')

/** The rows that a turn must have, written anew from the contract; times in ms, JSON cells as values. */
export function rowsOf(turn: ApiTurn, source: string): readonly Record<string, unknown>[] {
  const { metrics, participantData, participant, session, chatbot } = turn
  const answers = Boolean(turn.output || turn.error) || participantData?.after !== undefined
  const both = {
    'Trace ID': turn.traceId,
    Chatbot: chatbot.name,
    'Chatbot Version': chatbot.version ?? '',
    'Session ID': session?.id ?? '',
    'Participant ID': participant?.id ?? '',
    'Participant Name': participant?.name ?? '',
    Status: turn.status,
    Tags: turn.tags.join('; '),
    Environment: turn.environment ?? '',
    Feedback: turn.feedback.length > 0 ? turn.feedback : '',
    Source: source,
    'Session Data': data(turn.sessionData),
  }
  const sums = {
    Error: turn.error ?? '',
    'Duration (ms)': count(turn.duration / 1000),
    'LLM Turns': count(metrics.llmTurns),
    'Tool Calls': count(metrics.toolCalls),
    'Total Tokens': count(metrics.totalTokens),
    'Input Tokens': count(metrics.inputTokens),
    'Output Tokens': count(metrics.outputTokens),
    'Cost (USD)': count(metrics.cost),
  }
  const none = Object.fromEntries(Object.keys(sums).map((header) => [header, '']))
  const input = {
    ...both,
    'Message Type': 'input',
    'Message Content': turn.input ?? '',
    Timestamp: turn.startTime / 1000,
    'Participant Data': data(participantData?.before),
    ...(answers ? none : sums),
  }
  if (!answers) return [input]
  const answer = {
    ...both,
    'Message Type': 'ai',
    'Message Content': turn.output ?? '',
    Timestamp: (turn.startTime + turn.duration) / 1000,
    'Participant Data': data(participantData?.after),
    ...sums,
  }
  return [input, answer]
}

/** A row of the file in the same terms. */
export function inTermsOfRows(row: CsvRow): Record<string, unknown> {
  const cost = row['Cost (USD)']
  return {
    ...row,
    Timestamp: micros(row.Timestamp ?? ''),
    'Cost (USD)': cost ? count(Number(cost)) : '',
    Feedback: parsed(row.Feedback),
    'Participant Data': parsed(row['Participant Data']),
    'Session Data': parsed(row['Session Data']),
  }
}

/** ISO 8601 with as many digits of the second as there are, as ms. */
function micros(time: string): number {
  const [, seconds = '', digits = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(time) ?? []
  return (Date.parse(`${seconds}Z`) * 1000 + Number(digits.padEnd(6, '0').slice(0, 6))) / 1000
}

interface ListedTurns {
  readonly items: readonly { readonly traceId: string }[]
  readonly nextCursor?: string
}

/** Every turn that a query finds, whole, in its order, by the API. */
export async function turnsOf(url: string, source: string, query: string): Promise<readonly ApiTurn[]> {
  const base = `${url}/api/v1/sources/${source}/traces`
  const ids: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: ListedTurns = await getJson<ListedTurns>(
      `${base}?${query}&limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    ids.push(...page.items.map(({ traceId }) => traceId))
    cursor = page.nextCursor
  }
  const turns: ApiTurn[] = []
  for (let at = 0; at < ids.length; at += 20) {
    const some = ids.slice(at, at + 20).map((id) => getJson<ApiTurn>(`${base}/${id}`))
    turns.push(...(await Promise.all(some)))
  }
  return turns
}
