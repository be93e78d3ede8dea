import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { SourceError } from '../../domain/port/source-error.ts'
import type { AnsweringSource } from '../../sources/derived.ts'
import { PATHS } from '../../wire/api-paths.ts'
import { errorBody } from '../../wire/error-body.ts'
import type { Health } from '../../wire/health.ts'
import { csvRoutes } from '../csv/csv-routes.ts'
import { downloadRoutes } from '../csv/download-routes.ts'
import { ExportGate, type ExportLimits } from '../csv/export-gate.ts'
import { ownHost } from '../guard/own-host.ts'
import { type ReaderAccess, type ReaderAccessParts, readerAccess } from '../guard/reader-access.ts'
import { pagePolicy, responseHeaders } from '../guard/response-headers.ts'
import { foreignWrite } from '../guard/same-origin.ts'
import { judgeSenders } from '../guard/sender-verdict.ts'
import { signInRoutes, toSignIn } from '../guard/sign-in.ts'
import { TOO_MANY_TOKENS } from '../guard/token-throttle.ts'
import { type ImportParts, importRoutes } from '../import/import-routes.ts'
import type { AccessConfig } from '../settings/config.ts'
import type { LinkTemplates } from './link-settings.ts'
import { errorReply, jsonReply } from './reply.ts'
import { peerOf } from './request-socket.ts'
import { sourceRoutes } from './source-routes.ts'
import { fileReply, type StaticFiles } from './static-files.ts'

export interface AppParts {
  /** Where the application listens: names and addresses that are its own follow from it. */
  readonly host: string
  readonly access: AccessConfig
  /** The sources as they stand now, in the order in which they are shown. */
  readonly sources: () => readonly AnsweringSource[] | Promise<readonly AnsweringSource[]>
  readonly files: StaticFiles
  /** Whether traces are taken and questions answered. */
  readonly health?: () => Health
  /** Links out of traces and spans, on every source. */
  readonly links?: LinkTemplates
  /** What is shared with the other ways in, and outlives this process. */
  readonly readers?: ReaderAccessParts
  /** Adds the routes that take traces in; they check their senders themselves. */
  readonly mountIngest?: (app: Hono, readers: Pick<ReaderAccess, 'mayRead'>) => void
  /** Where opened files go; absent where none are taken. */
  readonly imports?: Omit<ImportParts, 'mayImport'>
  readonly exports?: ExportLimits
}

/** Refuses requests under a name that is not ours, and writes that a stranger's page sends. */
function doorkeeper(host: string, access: AccessConfig): MiddlewareHandler {
  const isOwn = ownHost(host, access.allowedHosts)
  return async (context, next) => {
    const name = context.req.header('host') ?? new URL(context.req.url).host
    if (!isOwn(name)) {
      const fact = `this gateway is not called ${JSON.stringify(name)} (TURNSCOPE_ALLOWED_HOSTS names others)`
      return jsonReply(context, errorBody('forbidden', fact), 403)
    }
    const foreign = foreignWrite(context.req.method, (header) =>
      header === 'host' ? name : (context.req.header(header) ?? null),
    )
    if (foreign !== undefined) return jsonReply(context, errorBody('forbidden', `refused: ${foreign}`), 403)
    return next()
  }
}

const rateLimited = (retryAfterMs: number): SourceError =>
  new SourceError('rate-limited', TOO_MANY_TOKENS, { retryAfterMs })

const wantsPage = (context: Context): boolean =>
  context.req.method === 'GET' && (context.req.header('accept') ?? '').includes('text/html')

/** Lets readers through that showed the token, where one is asked for. */
const readersOnly =
  (access: ReaderAccess): MiddlewareHandler =>
  async (context, next) => {
    if (access.mayRead(context)) return next()
    const retryAfterMs = access.blockedFor(context)
    if (retryAfterMs > 0) return errorReply(context, rateLimited(retryAfterMs))
    if (wantsPage(context)) return toSignIn(context)
    const reply = await jsonReply(context, errorBody('unauthorized', 'this explorer asks for its token'), 401)
    reply.headers.set('www-authenticate', 'Bearer realm="turnscope"')
    return reply
  }

const noSuchPath = (context: Context): Promise<Response> =>
  jsonReply(context, errorBody('not-found', `no such path: ${context.req.path}`), 404)

/** Any path is a page of the application's but files at the top and below /assets: those are missing. */
const isPagePath = (path: string): boolean =>
  !path.startsWith('/assets/') && !path.startsWith('/.') && !/^\/[^/]*\.[^/]*$/.test(path)

/** The gateway's HTTP application: health, guard, what takes traces in, the read API, the built page. */
export function createApp(parts: AppParts): Hono {
  const readers = readerAccess(parts.access, parts.readers)
  const app = new Hono()
  app.onError((error, context) => errorReply(context, error))
  app.notFound(noSuchPath)
  app.use(responseHeaders(pagePolicy(parts.files)))
  app.use(doorkeeper(parts.host, parts.access))
  app.get('/livez', (context) => jsonReply(context, { status: 'ok' }))
  app.get(PATHS.health, (context) => {
    const health = parts.health?.() ?? { status: 'ok' }
    return jsonReply(context, health, health.status === 'ok' ? 200 : 503)
  })
  app.route('/', signInRoutes(readers))
  parts.mountIngest?.(app, readers)
  if (parts.imports) {
    const judge = judgeSenders(parts.access, parts.host, parts.readers?.throttle)
    const mayImport = (context: Context) => {
      const verdict = judge(context.req.raw.headers, peerOf(context))
      if (verdict.ok) return true
      if (verdict.status === 429) throw rateLimited(verdict.retryAfterMs)
      return readers.mayRead(context)
    }
    app.route('/', importRoutes({ ...parts.imports, mayImport }))
  }

  app.use('/api/*', readersOnly(readers))
  app.get(PATHS.sources, async (context) =>
    jsonReply(
      context,
      (await parts.sources()).map(({ info, state }) => ({
        ...info,
        ...(parts.links?.length && { links: [...(info.links ?? []), ...parts.links] }),
        ...(state && { state: state() }),
      })),
    ),
  )
  const find = async (id: string) => (await parts.sources()).find((source) => source.info.id === id)
  const gate = new ExportGate(parts.exports)
  app.route('/', csvRoutes(find, gate))
  app.route('/', downloadRoutes(find, gate))
  app.route('/', sourceRoutes(find))
  app.all('/api/*', noSuchPath)
  app.all('/v1/*', noSuchPath)

  // The program itself is no secret; only its page asks for the token, so that a reader lands on sign-in.
  app.get('*', (context, next) => {
    const file = parts.files.byPath.get(context.req.path)
    return file && file !== parts.files.index ? fileReply(file, context.req.raw) : next()
  })
  app.get('*', readersOnly(readers), (context) => {
    const { index } = parts.files
    return index && isPagePath(context.req.path) ? fileReply(index, context.req.raw) : noSuchPath(context)
  })
  return app
}
