import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { Server, Socket } from 'node:net'

interface Connection {
  readonly socket: Socket
  /** Requests under way. */
  busy: number
}

/** How many more the system may hand on while those that must go are going. */
const SLACK = 200
/** Finds the other ends that have gone without a word. */
const PROBE_AFTER_MS = 60_000

/** Both ends' own name of a connection: TLS and HTTP/2 wrap the socket in others, which have the same. */
const nameOf = (socket: Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>): string =>
  `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`

/**
 * Bounds the connections of one port. Senders keep theirs open between exports, for minutes: that is welcome, and
 * costs little. Beyond the bound a new one takes the place of the one that is idle longest; where none is idle,
 * `makeRoom` is asked to give up a slow sender.
 */
export class ConnectionLimit {
  private readonly open = new Map<string, Connection>()
  /** Those without a request under way, idle longest first. */
  private readonly idle = new Map<string, Connection>()
  private readonly most: number
  private readonly makeRoom: () => void

  constructor(most: number, makeRoom: () => void) {
    this.most = most
    this.makeRoom = makeRoom
  }

  /** Watches a server that speaks HTTP/1.1. */
  watch(server: Server): void {
    server.maxConnections = this.most + SLACK
    server.prependListener('connection', (socket: Socket) => this.admit(socket))
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      response.once('close', this.begin(nameOf(socket)))
    })
  }

  /** Watches the calls of connections that were handed on from such a server. */
  watchCalls(server: Http2Server): void {
    server.on('stream', (stream) => {
      const socket = stream.session?.socket
      if (socket !== undefined) stream.once('close', this.begin(nameOf(socket)))
    })
  }

  private admit(socket: Socket): void {
    socket.setKeepAlive(true, PROBE_AFTER_MS)
    if (this.open.size >= this.most) {
      const [oldest] = this.idle.values()
      if (oldest === undefined) this.makeRoom()
      else oldest.socket.destroy()
    }
    const name = nameOf(socket)
    const connection = { socket, busy: 0 }
    this.open.set(name, connection)
    this.idle.set(name, connection)
    socket.once('close', () => {
      if (this.open.get(name) !== connection) return
      this.open.delete(name)
      this.idle.delete(name)
    })
  }

  /** Counts a request; what comes back ends it. */
  private begin(name: string): () => void {
    const connection = this.open.get(name)
    if (connection === undefined) return () => undefined
    connection.busy += 1
    this.idle.delete(name)
    return () => {
      connection.busy -= 1
      if (connection.busy === 0 && this.open.get(name) === connection) this.idle.set(name, connection)
    }
  }
}
