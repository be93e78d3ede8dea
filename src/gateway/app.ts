import { Hono } from 'hono'
import type { TraceSource } from '../sources/trace-source.ts'
import { fileReply, type StaticFiles } from './static-files.ts'

export interface AppParts {
  /** The sources as they stand now, in the order in which they are shown. */
  readonly sources: () => readonly TraceSource[]
  readonly files: StaticFiles
}

/** The gateway's HTTP application: health, the read API, the built page. */
export function createApp(parts: AppParts): Hono {
  const app = new Hono()
  app.get('/healthz', (context) => context.json({ status: 'ok' }))
  app.get('/api/v1/sources', (context) => context.json(parts.sources().map((source) => source.info)))
  app.all('/api/*', (context) =>
    context.json({ error: { kind: 'not-found', message: `no such path: ${context.req.path}` } }, 404),
  )
  app.get('*', (context) => {
    const file = parts.files.byPath.get(context.req.path) ?? parts.files.index
    return file ? fileReply(file, context.req.raw) : context.text('the page is not built', 404)
  })
  return app
}
