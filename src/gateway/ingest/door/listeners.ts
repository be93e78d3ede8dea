import type { Hono } from 'hono'
import { otlpGrpc } from '../otlp/otlp-grpc.ts'
import { type OtlpIngest, otlpRoutes } from '../otlp/otlp-http.ts'
import { type Certificate, type OtlpPort, openOtlpPort } from '../otlp/otlp-port.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { InFlight } from './in-flight.ts'
import { DEFAULT_INGEST_LIMITS } from './ingest-limits.ts'

/** A port, the setting that names it, and whether it was set: a default one may be taken by another program. */
export interface PortSetting {
  readonly port: number
  readonly setting: string
  readonly wasSet: boolean
}

export interface OtlpListenerOptions extends OtlpIngest {
  readonly host: string
  /** Where OTLP/HTTP is expected, 4318 by convention; null = off. */
  readonly http: PortSetting | null
  /** Where OTLP/gRPC is expected, 4317 by convention; null = off. Each port takes both. */
  readonly grpc: PortSetting | null
  readonly tls?: Certificate | null
  /** Adds what else senders ask for beside OTLP. */
  readonly mount?: (routes: Hono, ingest: OtlpIngest) => void
}

export interface OtlpListeners {
  /** What listens, to show: `http://127.0.0.1:4318`, and `127.0.0.1:4317` for gRPC. */
  readonly addresses: { readonly http: string | null; readonly grpc: string | null }
  /** Default ports that were in use, in words. */
  readonly problems: readonly string[]
  /** Takes no more, lets what is under way end (at most `graceMs`, default 5 s), then closes. */
  close(graceMs?: number): Promise<void>
}

const DEFAULT_GRACE_MS = 5000

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const REASONS: { readonly [code: string]: string } = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'is not allowed to this user',
  EADDRNOTAVAIL: 'is no address of this machine',
}

const hostPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Listens, or says why not: a default port in use is a problem in words, all else one line that is thrown. */
const attempt = async (
  name: string,
  host: string,
  { port, setting, wasSet }: PortSetting,
  problems: string[],
  open: () => Promise<OtlpPort>,
): Promise<OtlpPort | null> => {
  try {
    return await open()
  } catch (error) {
    const code = codeOf(error)
    const reason = REASONS[String(code)] ?? `cannot be opened: ${(error as Error).message}`
    const line = `${setting}: port ${port} on ${host} for ${name} ${reason}`
    if (wasSet || code !== 'EADDRINUSE') throw new Error(line, { cause: error })
    problems.push(line)
    return null
  }
}

/** What a sender reads in its log that has the wrong path. */
const elsewhere = (path: string): string =>
  path === '/v1/metrics'
    ? 'metrics are not kept here: set OTEL_METRICS_EXPORTER=none'
    : 'nothing is here: traces are sent to /v1/traces, log records to /v1/logs'

/** Waits for an end, but not for ever. */
const within = async (end: Promise<unknown>, ms: number, otherwise: () => void): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      otherwise()
      resolve()
    }, ms)
  })
  await Promise.race([end, late])
  clearTimeout(timer)
}

/**
 * Opens the OTLP ports. Rejects with one line that names the setting where a port that was set is in use; a
 * default one that is in use is left out and named in `problems`.
 */
export async function startOtlpListeners(options: OtlpListenerOptions): Promise<OtlpListeners> {
  const { host, http, grpc, tls = null } = options
  const limits = options.limits ?? DEFAULT_INGEST_LIMITS
  const inFlight = options.inFlight ?? new InFlight(limits)
  const ingest: OtlpIngest = { ...options, inFlight }
  const problems: string[] = []
  const ports: OtlpPort[] = []
  const routes = otlpRoutes(ingest)
  options.mount?.(routes, ingest)
  routes.notFound((context) => context.text(elsewhere(context.req.path), 404))
  // TLS ends at the port, so what is handed on is plain.
  const sessions = otlpGrpc(ingest)

  const open = async (name: string, setting: PortSetting | null): Promise<OtlpPort | null> => {
    if (setting === null) return null
    const port = await attempt(name, host, setting, problems, () =>
      openOtlpPort(
        routes,
        sessions,
        new ConnectionLimit(limits.connections, () => inFlight.dropSlowest()),
        tls,
        { host, port: setting.port },
      ),
    )
    if (port !== null) ports.push(port)
    return port
  }

  const close = async (graceMs = DEFAULT_GRACE_MS): Promise<void> => {
    const closed = ports.map((port) => port.close())
    await within(Promise.all([...closed, sessions.close()]), graceMs, () => {
      for (const port of ports) port.destroy()
      sessions.destroy()
    })
  }

  try {
    const httpPort = await open('OTLP/HTTP', http)
    const grpcPort = await open('OTLP/gRPC', grpc)
    const scheme = tls === null ? 'http' : 'https'
    return {
      addresses: {
        http: httpPort && `${scheme}://${hostPort(host, httpPort.port)}`,
        grpc: grpcPort && hostPort(host, grpcPort.port),
      },
      problems,
      close,
    }
  } catch (error) {
    await close(0)
    throw error
  }
}
