import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Context } from 'hono'

/** The connection by which a request came; undefined where it came by none (in tests of the routes alone). */
export const requestSocket = (context: Context): Socket | undefined =>
  ((context.env ?? {}) as { incoming?: IncomingMessage }).incoming?.socket

/** The address at the other end of the connection: that of a proxy, where one stands between. */
export const peerOf = (context: Context): string | undefined => requestSocket(context)?.remoteAddress
