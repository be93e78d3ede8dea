import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'

/** Every HTTP/2 connection opens with `PRI * HTTP/2.0`; no method of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI')
const FIRST_BYTES_TIMEOUT_MS = 30_000

type Handler = (socket: Socket) => void

/** Looks at a connection's first bytes, puts them back, and says whose it is. */
const peek = (socket: Socket, onHttp1: Handler, onHttp2: Handler): void => {
  let seen: Buffer = Buffer.alloc(0)
  const drop = () => socket.destroy()
  const onData = (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    const known = Math.min(seen.length, PREFACE.length)
    const isHttp2 = seen.subarray(0, known).equals(PREFACE.subarray(0, known))
    if (isHttp2 && known < PREFACE.length) return
    socket.off('data', onData)
    socket.off('error', drop)
    socket.off('timeout', drop)
    socket.setTimeout(0)
    socket.pause()
    socket.unshift(seen)
    if (isHttp2) onHttp2(socket)
    else {
      onHttp1(socket)
      socket.resume()
    }
  }
  socket.on('error', drop)
  socket.on('timeout', drop)
  socket.setTimeout(FIRST_BYTES_TIMEOUT_MS)
  socket.on('data', onData)
}

/**
 * Lets gRPC in at an HTTP server's port: connections that open as HTTP/2 go to `inject`, the others stay the
 * server's. With TLS this happens after the handshake, which then must offer `h2` by ALPN. Gives back what drops
 * the connections that have not sent anything yet, for when the server closes.
 */
export function shareWithGrpc(server: HttpServer | HttpsServer, inject: Handler): () => void {
  const event = 'setSecureContext' in server ? 'secureConnection' : 'connection'
  const own = server.listeners(event) as ((socket: Socket) => void)[]
  server.removeAllListeners(event)
  const silent = new Set<Socket>()
  server.on(event, (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
    peek(
      socket,
      (http1) => {
        silent.delete(http1)
        for (const listener of own) listener.call(server, http1)
      },
      (http2) => {
        silent.delete(http2)
        inject(http2)
      },
    )
  })
  return () => {
    for (const socket of silent) socket.destroy()
  }
}
