import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { SERVER_TIMEOUTS } from '../../settings/server-timeouts.ts'
import type { ConnectionLimit } from '../door/connection-limit.ts'
import type { Http2Sessions } from '../door/http2-sessions.ts'
import { shareWithGrpc } from '../door/shared-port.ts'

/** PEM texts. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** One TCP port that takes OTLP/HTTP and OTLP/gRPC. */
export interface OtlpPort {
  /** The number it has, where any was asked for. */
  readonly port: number
  /** Takes no more connections; resolves when those that stand have ended. */
  close(): Promise<void>
  /** Ends the connections of HTTP/1.1 that stand. */
  destroy(): void
}

const IDLE_CHECK_MS = 50
const HANDSHAKE_TIMEOUT_MS = 20_000

/** Listens. Rejects with the system's error (`EADDRINUSE`, …). */
export async function openOtlpPort(
  routes: Hono,
  grpc: Http2Sessions,
  connections: ConnectionLimit,
  certificate: Certificate | null,
  at: { readonly host: string; readonly port: number },
): Promise<OtlpPort> {
  const server = httpServer(routes, certificate)
  const dropSilent = shareWithGrpc(server, grpc.inject)
  connections.watch(server)
  connections.watchCalls(grpc.server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: at.host, port: at.port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        // A connection that was busy when the closing began stays open for its sender until it is idle.
        const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
        server.close(() => {
          clearInterval(idle)
          resolve()
        })
        dropSilent()
      }),
    destroy: () => {
      dropSilent()
      server.closeAllConnections()
    },
  }
}

const httpServer = (routes: Hono, certificate: Certificate | null): HttpServer | HttpsServer => {
  const server =
    certificate === null
      ? createAdaptorServer({
          fetch: routes.fetch,
          createServer: createHttpServer,
          serverOptions: SERVER_TIMEOUTS,
        })
      : createAdaptorServer({
          fetch: routes.fetch,
          createServer: createHttpsServer,
          // Ours is the choice: who speaks both (Go's OTLP/HTTP does) comes by HTTP/1.1, gRPC offers h2 alone.
          serverOptions: {
            ...SERVER_TIMEOUTS,
            ...certificate,
            handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
            ALPNProtocols: ['http/1.1', 'h2'],
          },
        })
  return server as HttpServer | HttpsServer
}
