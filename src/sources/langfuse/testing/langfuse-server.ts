import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export type Row = Readonly<Record<string, unknown>>

/** What a server holds, in the shapes of its API. */
export interface Held {
  readonly version: string
  /** Rows of the newer API; absent: the server has it not. */
  readonly rows?: readonly Row[]
  readonly newScores?: readonly Row[]
  /** Traces of the older API, with their observations and scores in them; absent: the server has it no more. */
  readonly traces?: readonly Row[]
  /** Observations that its list shows; those of the traces where they are left out. */
  readonly observations?: readonly Row[]
  readonly comments?: readonly Row[]
  /** Bodies of a real server, by name. */
  readonly bodies?: {
    readonly eventsOnly: string
    readonly noRoute: string
    readonly unauthorized: string
    readonly badRequest: string
    readonly noTrace: string
  }
  /** Whether a filter may name several ids or tags. */
  readonly takesLists: boolean
}

/** Something else than the answer. */
export interface Fault {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Before it answers, ms. */
  readonly afterMs?: number
  /** The connection breaks in the middle of the answer. */
  readonly isCut?: true
}

export const KEYS = { publicKey: 'pk-test', secretKey: 'sk-test-0123456789' }
const AUTHORIZED = `Basic ${Buffer.from(`${KEYS.publicKey}:${KEYS.secretKey}`).toString('base64')}`

const BODIES = {
  eventsOnly: JSON.stringify({
    message: 'This endpoint is not available on deployments running in Langfuse v4 events_only mode.',
  }),
  noRoute: '<!DOCTYPE html><html lang="en"><title>404</title></html>',
  unauthorized: JSON.stringify({ message: 'Invalid credentials.' }),
  badRequest: JSON.stringify({ message: 'Column does not match.', error: 'InvalidRequestError' }),
  noTrace: JSON.stringify({
    message: 'Trace not found within authorized project',
    error: 'LangfuseNotFoundError',
  }),
}

const timeOf = (row: Row, name: string): number => Date.parse(String(row[name]))
const CUT_AT = 200
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  io: ['input', 'output'],
  metadata: ['metadata'],
  usage: [
    'usageDetails',
    'costDetails',
    'inputUsage',
    'outputUsage',
    'totalUsage',
    'inputCost',
    'outputCost',
    'totalCost',
  ],
  model: ['model', 'internalModelId', 'modelParameters'],
  basic: [
    'name',
    'level',
    'statusMessage',
    'version',
    'environment',
    'userId',
    'sessionId',
    'isRootObservation',
  ],
  trace_context: ['traceName', 'release', 'tags'],
  time: ['completionStartTime', 'createdAt', 'updatedAt'],
}

function withGroups(row: Row, fields: readonly string[], expanded: ReadonlySet<string>): Row {
  const dropped = new Set(
    Object.entries(GROUPS).flatMap(([group, names]) => (fields.includes(group) ? [] : names)),
  )
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => !dropped.has(name)))
  if (typeof kept.metadata !== 'object' || kept.metadata === null) return kept
  const cut = Object.entries(kept.metadata).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [key, expanded.has(key) || text.length <= CUT_AT ? value : text.slice(0, CUT_AT)]
  })
  return { ...kept, metadata: Object.fromEntries(cut) }
}

type Test = (row: Row) => boolean
interface Condition {
  readonly type: string
  readonly column: string
  readonly operator: string
  readonly value: unknown
}

/** What a structured filter asks; undefined where the server does not take it. */
function filterOf(text: string, takesLists: boolean): Test | undefined {
  const tests = (JSON.parse(text) as Condition[]).map(
    ({ type, column, operator, value }): Test | undefined => {
      if (type === 'datetime') {
        const at = Date.parse(String(value))
        return (row) => (operator === '>=' ? timeOf(row, column) >= at : timeOf(row, column) < at)
      }
      if (type === 'arrayOptions') {
        const wanted = value as readonly string[]
        return (row) =>
          (row[column] as readonly string[] | undefined)?.some((one) => wanted.includes(one)) === true
      }
      if (type === 'stringOptions' && takesLists) {
        const wanted = new Set(value as readonly string[])
        return (row) => wanted.has(String(row[column]))
      }
      return undefined
    },
  )
  return tests.every((test) => test !== undefined) ? (row) => tests.every((test) => test(row)) : undefined
}

const SIMPLE = ['traceId', 'sessionId', 'userId', 'type', 'level', 'environment'] as const
const ROW_PARAMS = new Set([
  'limit',
  'cursor',
  'fields',
  'expandMetadata',
  'isRootObservation',
  'fromStartTime',
  'toStartTime',
  'filter',
  ...SIMPLE,
])
const TRACE_PARAMS = new Set([
  'page',
  'limit',
  'orderBy',
  'fromTimestamp',
  'toTimestamp',
  'userId',
  'sessionId',
  'tags',
  'environment',
])
const OBSERVATION_PARAMS = new Set(['page', 'limit', 'fromStartTime', 'toStartTime'])
const SCORE_PARAMS = new Set(['page', 'limit', 'fromTimestamp'])
const NEW_SCORE_PARAMS = new Set(['limit', 'cursor', 'fields', 'traceId'])
const COMMENT_PARAMS = new Set(['page', 'limit', 'objectType'])

/**
 * A server of Langfuse's read API over what it holds. It answers what the adapter is known to need, in the words of
 * a real one, and refuses every other path, method and parameter with 501.
 */
export async function serveLangfuse(initial: Held) {
  let held = initial
  let fault: (path: string, params: URLSearchParams) => Fault | undefined = () => undefined
  const refused: string[] = []
  const asked: string[] = []
  let bytes = 0
  const bodies = () => ({ ...BODIES, ...held.bodies })

  const rowsReply = (params: URLSearchParams): readonly [number, unknown] => {
    const limit = Number(params.get('limit') ?? 50)
    if (limit > 1000) return [400, { message: 'Invalid request data', error: [] }]
    const filter = params.get('filter')
    let test: Test | undefined
    if (filter !== null) test = filterOf(filter, held.takesLists)
    else {
      const [from, to] = ['fromStartTime', 'toStartTime'].map((name) => Date.parse(params.get(name) ?? ''))
      const simple = SIMPLE.filter((name) => params.has(name)).map(
        (name) => [name, params.getAll(name)] as const,
      )
      test = (row) =>
        simple.every(([name, values]) => values.includes(String(row[name]))) &&
        (params.get('isRootObservation') !== 'true' || row.isRootObservation === true) &&
        !(timeOf(row, 'startTime') < (from as number)) &&
        !(timeOf(row, 'startTime') >= (to as number))
    }
    if (test === undefined) return [400, JSON.parse(bodies().badRequest)]
    const cursor = params.get('cursor')
    const after =
      cursor === null
        ? undefined
        : (JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string])
    const found = (held.rows ?? []).filter(test).sort(newestFirst)
    const start = after === undefined ? 0 : found.findIndex((row) => isBehind(row, after))
    const page = start < 0 ? [] : found.slice(start, start + limit)
    const last = page.at(-1)
    const isEnd = last === undefined || last === found.at(-1)
    const fields = (params.get('fields') ?? 'core,basic').split(',')
    const expanded = new Set((params.get('expandMetadata') ?? '').split(','))
    return [
      200,
      {
        data: page.map((row) => withGroups(row, fields, expanded)),
        meta: isEnd
          ? {}
          : {
              cursor: Buffer.from(JSON.stringify([last.startTime, `${last.traceId} ${last.id}`])).toString(
                'base64url',
              ),
            },
      },
    ]
  }
  const paged = (rows: readonly Row[], params: URLSearchParams): readonly [number, unknown] => {
    const [page, limit] = [Number(params.get('page') ?? 1), Number(params.get('limit') ?? 50)]
    if (limit > 100) return [400, { message: 'Invalid request data', error: [] }]
    const data = rows.slice((page - 1) * limit, page * limit)
    return [
      200,
      { data, meta: { page, limit, totalItems: rows.length, totalPages: Math.ceil(rows.length / limit) } },
    ]
  }
  const between = (rows: readonly Row[], name: string, params: URLSearchParams, from: string, to: string) =>
    rows
      .filter((row) => {
        const at = timeOf(row, name)
        return !(at < Date.parse(params.get(from) ?? '')) && !(at >= Date.parse(params.get(to) ?? ''))
      })
      .sort((a, b) => timeOf(b, name) - timeOf(a, name))
  const idsIn = (value: unknown) =>
    Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : one.id)) : []
  const legacy: Readonly<
    Record<string, readonly [ReadonlySet<string>, (params: URLSearchParams) => readonly [number, unknown]]>
  > = {
    '/api/public/traces': [
      TRACE_PARAMS,
      (params) => {
        const tags = params.getAll('tags')
        const rows = between(held.traces ?? [], 'timestamp', params, 'fromTimestamp', 'toTimestamp').filter(
          (row) =>
            [params.get('userId') ?? row.userId, params.get('sessionId') ?? row.sessionId].every(
              (value, at) => value === [row.userId, row.sessionId][at],
            ) && tags.every((tag) => (row.tags as readonly string[]).includes(tag)),
        )
        return paged(
          rows.map((row) => ({ ...row, observations: idsIn(row.observations), scores: idsIn(row.scores) })),
          params,
        )
      },
    ],
    '/api/public/observations': [
      OBSERVATION_PARAMS,
      (params) => {
        const all =
          held.observations ?? (held.traces ?? []).flatMap((row) => row.observations as readonly Row[])
        return paged(between(all, 'startTime', params, 'fromStartTime', 'toStartTime'), params)
      },
    ],
    '/api/public/v2/scores': [
      SCORE_PARAMS,
      (params) => {
        const scores = (held.traces ?? []).flatMap((row) =>
          (row.scores as readonly unknown[]).filter((one): one is Row => typeof one === 'object'),
        )
        return paged(between(scores, 'timestamp', params, 'fromTimestamp', 'none'), params)
      },
    ],
  }

  const answer = (path: string, params: URLSearchParams): readonly [number, unknown] | undefined => {
    const only = (known: ReadonlySet<string>) => [...params.keys()].every((name) => known.has(name))
    if (path === '/api/public/health') return [200, { status: 'OK', version: held.version }]
    if (path === '/api/public/projects') return [200, { data: [{ id: 'proj-local', name: 'Local' }] }]
    if (path === '/api/public/comments' && only(COMMENT_PARAMS)) return paged(held.comments ?? [], params)
    if (path === '/api/public/v2/observations') {
      if (held.rows === undefined) return [404, bodies().noRoute]
      return only(ROW_PARAMS) ? rowsReply(params) : undefined
    }
    if (path === '/api/public/v3/scores') {
      if (held.newScores === undefined) return [404, bodies().noRoute]
      if (!only(NEW_SCORE_PARAMS)) return undefined
      const ids = new Set((params.get('traceId') ?? '').split(','))
      const found = held.newScores.filter(({ subject }) => {
        const { kind, id, traceId } = subject as Readonly<Record<string, string>>
        return ids.has((kind === 'observation' ? traceId : kind === 'trace' ? id : '') ?? '')
      })
      const [start, limit] = [Number(params.get('cursor') ?? 0), Number(params.get('limit') ?? 50)]
      const next = start + limit < found.length ? { cursor: String(start + limit) } : {}
      return [200, { data: found.slice(start, start + limit), meta: { limit, ...next } }]
    }
    const isLegacy = path === '/api/public/scores' || path in legacy || path.startsWith('/api/public/traces/')
    if (isLegacy && held.traces === undefined) return [404, JSON.parse(bodies().eventsOnly)]
    if (path === '/api/public/v2/scores' && held.version.startsWith('2.')) return [404, bodies().noRoute]
    const [known, reply] = legacy[path === '/api/public/scores' ? '/api/public/v2/scores' : path] ?? []
    if (known && reply) return only(known) ? reply(params) : undefined
    if (path.startsWith('/api/public/traces/')) {
      const trace = held.traces?.find(
        ({ id }) => id === decodeURIComponent(path.slice('/api/public/traces/'.length)),
      )
      const isDetail =
        Array.isArray(trace?.observations) && trace.observations.every((one) => typeof one === 'object')
      return isDetail ? [200, trace] : [404, JSON.parse(bodies().noTrace)]
    }
    return undefined
  }

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://langfuse')
    asked.push(`${request.method} ${url.pathname}${url.search}`)
    const found = fault(url.pathname, url.searchParams)
    if (found?.afterMs !== undefined) await wait(found.afterMs)
    if (found && !found.isCut) {
      response
        .writeHead(found.status, { 'content-type': 'application/json', ...found.headers })
        .end(found.body ?? '{}')
      return
    }
    const isOpen = url.pathname === '/api/public/health'
    const reply: readonly [number, unknown] | undefined =
      request.method !== 'GET'
        ? undefined
        : !isOpen && request.headers.authorization !== AUTHORIZED
          ? [401, JSON.parse(bodies().unauthorized)]
          : answer(url.pathname, url.searchParams)
    if (reply === undefined) {
      refused.push(`${request.method} ${url.pathname}${url.search}`)
      response.writeHead(501).end('not known')
      return
    }
    const [status, body] = reply
    const isPage = typeof body === 'string'
    const text = isPage ? body : JSON.stringify(body)
    bytes += text.length
    response.writeHead(status, {
      'content-type': isPage ? 'text/html' : 'application/json',
      ...(found?.isCut && { 'content-length': String(text.length + 10) }),
    })
    if (!found?.isCut) response.end(text)
    else response.write(text.slice(0, text.length >> 1), () => response.destroy())
  }
  const server = createServer(
    (request, response) => void respond(request, response).catch(() => response.destroy()),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Requests that no real server was seen to answer. */
    refused,
    asked,
    /** Of the bodies so far. */
    bytes: () => bytes,
    inject: (next: typeof fault) => {
      fault = next
    },
    hold: (next: Held) => {
      held = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const keyOf = (row: Row): string => `${row.traceId} ${row.id}`
const newestFirst = (a: Row, b: Row): number =>
  timeOf(b, 'startTime') - timeOf(a, 'startTime') || (keyOf(a) < keyOf(b) ? 1 : -1)
const isBehind = (row: Row, [at, key]: readonly [string, string]): boolean => {
  const later = timeOf(row, 'startTime') - Date.parse(at)
  return later < 0 || (later === 0 && keyOf(row) < key)
}
