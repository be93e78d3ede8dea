import type { Server } from 'node:http'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from './api/app.ts'
import { projectIdIn } from './api/project-id.ts'
import type { StaticFiles } from './api/static-files.ts'
import { judgeSenders } from './guard/sender-verdict.ts'
import { TokenThrottle } from './guard/token-throttle.ts'
import { ConnectionLimit } from './ingest/door/connection-limit.ts'
import { InFlight } from './ingest/door/in-flight.ts'
import { ingestLimitsOf } from './ingest/door/ingest-limits.ts'
import { type OtlpListeners, startOtlpListeners } from './ingest/door/listeners.ts'
import { otlpRoutes } from './ingest/otlp/otlp-http.ts'
import { langfuseRoutes } from './ingest/turns/langfuse-api.ts'
import { turnRoutes } from './ingest/turns/turn-api.ts'
import type { Config } from './settings/config.ts'
import { drainable, listen, urlOf } from './settings/listen.ts'
import { SERVER_TIMEOUTS } from './settings/server-timeouts.ts'
import type { SourceTable } from './sources/source-table.ts'

export interface RunningGateway {
  /** Where the explorer is. */
  readonly address: string
  readonly otlp: OtlpListeners['addresses']
  /** What went not as set up, one line each. */
  readonly warnings: readonly string[]
  /** Takes nothing more, answers what is under way within the grace, then closes the sources. */
  readonly close: (graceMs: number) => Promise<void>
}

/**
 * How long a body may take to arrive: a large file is read only as fast as it is stored. What reads a body
 * gives up far sooner on a sender that stalls.
 */
const LONGEST_REQUEST_MS = 2 * 3_600_000

const report = (error: unknown): void => {
  console.error(
    `turnscope: ingest failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
  )
}

/**
 * Opens every port over an open table of sources. Rejects with one line where a port cannot be had; the
 * ports that were opened are closed again then, the table stays the caller's.
 */
export async function startGateway(
  config: Config,
  table: SourceTable,
  files: StaticFiles,
): Promise<RunningGateway> {
  const { access, host, otlp, readOnly } = config
  const limits = ingestLimitsOf(config.texts)
  const shared = {
    sink: table.sink,
    readOnly,
    onFailure: report,
    inFlight: new InFlight(limits),
    limits,
  }
  const throttle = new TokenThrottle()
  const projectId = projectIdIn(config.dataDir)
  const app = createApp({
    host,
    access,
    readers: { throttle, signedOutFile: join(config.dataDir, 'signed-out-sessions') },
    sources: table.current,
    ...(table.health && { health: table.health }),
    files,
    links: config.links,
    imports: { sink: table.sink, readOnly, texts: config.texts },
    exports: config.exports,
    mountIngest: (main, { mayRead }) => {
      const here = { ...shared, authorize: judgeSenders(access, host, throttle) }
      main.route('/', otlpRoutes(here))
      main.route('/', langfuseRoutes({ ...here, projectId }))
      main.route('/', turnRoutes({ ...here, mayRead }))
    },
  })
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { ...SERVER_TIMEOUTS, requestTimeout: LONGEST_REQUEST_MS },
  })
  new ConnectionLimit(limits.connections, () => shared.inFlight.dropSlowest()).watch(server as Server)
  const drain = drainable(server)
  const port = await listen(server, host, config.port)
  let listeners: OtlpListeners
  try {
    listeners = await startOtlpListeners({
      ...shared,
      ...otlp,
      authorize: judgeSenders(access, otlp.host, throttle),
      mount: (routes, ingest) => {
        routes.route('/', langfuseRoutes({ ...ingest, sink: table.sink, projectId }))
      },
    })
  } catch (error) {
    await drain(0)
    throw error
  }
  return {
    address: urlOf(host, port),
    otlp: listeners.addresses,
    warnings: listeners.problems,
    close: async (graceMs) => {
      await Promise.all([drain(graceMs), listeners.close(graceMs)])
      await table.close()
    },
  }
}
