import { constants, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

/** How many calls a connection may have under way; a sender's library queues the others. */
const MAX_STREAMS = 100
/** MB of one connection's buffers and header tables. */
const MAX_SESSION_MEMORY = 64
const MAX_HEADER_BYTES = 16_384
/** Frames that ask for an answer of the protocol's own, between two calls: a flood beyond. */
const MAX_CONTROL_FRAMES = 200
const CONTROL_WINDOW_MS = 60_000

/** HTTP/2 on connections that others accepted. */
export interface Http2Sessions {
  readonly server: Http2Server
  /** Takes a connection over. */
  inject(socket: Socket): void
  /** Tells the other ends to open no more calls; resolves when all connections have ended. */
  close(): Promise<void>
  destroy(): void
}

/** Ends a session that sends pings or settings without end. A call in between begins the count anew. */
const boundControlFrames = (session: ServerHttp2Session): void => {
  let frames = 0
  let since = Date.now()
  const count = () => {
    const now = Date.now()
    if (now - since > CONTROL_WINDOW_MS) {
      frames = 0
      since = now
    }
    frames += 1
    if (frames > MAX_CONTROL_FRAMES) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }
  session.on('ping', count)
  session.on('remoteSettings', count)
  session.on('stream', () => {
    frames = 0
  })
}

/** A server for connections that are handed to it. */
export function http2Sessions(): Http2Sessions {
  const server = createServer({
    maxSessionMemory: MAX_SESSION_MEMORY,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: MAX_HEADER_BYTES,
      enablePush: false,
    },
  })
  const sessions = new Set<ServerHttp2Session>()
  let onEmpty: (() => void) | undefined
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => {
      sessions.delete(session)
      if (sessions.size === 0) onEmpty?.()
    })
    session.on('error', () => session.destroy())
    boundControlFrames(session)
    if (onEmpty !== undefined) session.close()
  })
  server.on('sessionError', () => undefined)
  return {
    server,
    inject: (socket) => {
      server.emit('connection', socket)
    },
    close: () =>
      new Promise((resolve) => {
        onEmpty = resolve
        if (sessions.size === 0) resolve()
        for (const session of sessions) session.close()
      }),
    destroy: () => {
      for (const session of sessions) session.destroy()
    },
  }
}
