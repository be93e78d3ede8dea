import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerType } from '@hono/node-server'
import type { PortConfig } from './config.ts'
import { SettingError } from './setting-readers.ts'

const FACTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be opened by this user',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no known host',
}

/** Which setting is to blame: a host that is none of ours, or a port that cannot be had. */
const HOST_FAULTS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND'])

/** An address as it stands in a URL. */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** Listens. Resolves to the port. Rejects with a SettingError that names what to change. */
export function listen(server: ServerType, host: string, { port, setting }: PortConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'unknown'
      const fact = FACTS[code] ?? `cannot be opened (${code})`
      reject(
        HOST_FAULTS.has(code)
          ? new SettingError('HOST', `${host} ${fact}`)
          : new SettingError(setting, `port ${port} on ${host} ${fact}; set ${setting} to another one`),
      )
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

const CHECK_MS = 50

/**
 * Makes a server's end orderly. Call before it listens; the function that comes back takes no new
 * connections, lets requests under way end within the grace, then cuts what is left.
 */
export function drainable(server: ServerType): (graceMs: number) => Promise<void> {
  // Node's own list of idle connections leaves out those that have not asked yet, which browsers and
  // fetch open in advance: they would hold up every stop for the whole grace.
  const silent = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    silent.delete(request.socket)
    response.once('close', () => {
      if (!request.socket.destroyed) silent.add(request.socket)
    })
  })
  return async (graceMs) => {
    const http = server as Server
    const closed = new Promise<true>((resolve) => http.close(() => resolve(true)))
    const deadline = Date.now() + graceMs
    // A connection that is kept alive falls silent only when its reply is out: looked for again and again.
    while (Date.now() < deadline) {
      for (const socket of silent) socket.destroySoon()
      if (await Promise.race([closed, delay(CHECK_MS, false)])) return
    }
    http.closeAllConnections()
    await closed
  }
}
