import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'

const NAME = 'backup.sock'
/** A backup that is not done by then is ended: the log would grow too long to be replayed soon. */
const LONGEST_HOLD_MS = 3_600_000
const MOST_LOG_BYTES = 1024 ** 3
const LOOK_EVERY_MS = 1_000
/** The system's bound of a socket's path, on the systems where that is least. */
const LONGEST_PATH = 103

/** The data file as it is held: with so many bytes of the log it makes up a whole store. */
interface Hold {
  readonly walBytes: number
  readonly release: () => void
}

export interface BackupHolder {
  hold(): Promise<Hold>
  walBytes(): Promise<number>
}

/**
 * Lets a program of the same user copy the store's files while they are in use: as long as it is connected to
 * a socket in the data directory, no checkpoint changes the data file. Gives a function that ends it.
 */
export async function serveBackups(
  directory: string,
  store: BackupHolder,
  log: (line: string) => void,
): Promise<() => Promise<void>> {
  const path = join(directory, NAME)
  const sockets = new Set<Socket>()
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    log('store: no backup while this runs: the path of the data folder is too long for a socket in it')
    return async () => {}
  }
  // Whoever has the data file open is the only one to listen: what is there was left by a kill.
  await rm(path, { force: true })
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    serve(socket, store).catch((error) => {
      log(`store: no backup: ${error instanceof Error ? error.message : error}`)
      socket.destroy()
    })
  })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve)
    })
    await chmod(path, 0o600)
  } catch (error) {
    log(`store: no backup while this runs: ${(error as NodeJS.ErrnoException).code}`)
    return async () => {}
  }
  server.unref()
  return async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

async function serve(socket: Socket, store: BackupHolder): Promise<void> {
  const { walBytes, release } = await store.hold()
  const until = Date.now() + LONGEST_HOLD_MS
  const watch = setInterval(async () => {
    if (Date.now() > until || (await store.walBytes()) > walBytes + MOST_LOG_BYTES) socket.destroy()
  }, LOOK_EVERY_MS).unref()
  const end = () => {
    clearInterval(watch)
    release()
  }
  if (socket.destroyed) return end()
  socket.on('close', end)
  socket.resume().write(`${JSON.stringify({ walBytes })}\n`)
}

export interface RemoteHold {
  readonly walBytes: number
  /** Whether the files were held all the time. */
  readonly isHeld: () => boolean
  readonly release: () => void
}

/** Asks the running gateway to hold its files; null where none is running. */
export function askForHold(directory: string): Promise<RemoteHold | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(directory, NAME))
    let text = ''
    let answered = false
    let held = true
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (answered || !text.includes('\n')) return
      answered = true
      const { walBytes } = JSON.parse(text) as { walBytes: number }
      resolve({ walBytes, isHeld: () => held, release: () => socket.destroy() })
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK') resolve(null)
      else reject(error)
    })
    socket.on('close', () => {
      held = false
      reject(new Error('the gateway that has the store open did not hold its files; its log says why'))
    })
  })
}
