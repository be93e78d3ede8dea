import { constants, createReadStream, createWriteStream } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { askForHold, type RemoteHold } from './backup-socket.ts'
import { asStoreError, DATA_FILE, LABEL, openDataFile } from './data-file.ts'
import { openUnreplayed } from './unreplayed.ts'

/** What a backup holds. */
export interface BackedUp {
  readonly traces: number
  readonly spans: number
}

/**
 * Copies the store of a directory into an empty or new one, which then is a store itself: everything that was
 * acknowledged before the call, nothing by half. The gateway that has the store open goes on taking and
 * answering meanwhile. Rejects where that cannot be; what was copied is removed again.
 */
export async function backUp(
  from: string,
  to: string,
  log: (line: string) => void = () => {},
): Promise<BackedUp> {
  const source = await realpath(from)
  const path = join(source, DATA_FILE)
  await stat(path).catch(() => {
    throw new Error(`there is no store in ${from}`)
  })
  await mkdir(to, { recursive: true, mode: 0o700 })
  if ((await readdir(to)).length > 0) throw new Error(`${to} is not empty: nothing was copied`)
  try {
    const hold = (await askForHold(source)) ?? (await holdAlone(path))
    try {
      await copyStore(source, to, hold.walBytes)
      if (!hold.isHeld()) throw new Error('the gateway ended while its files were copied')
    } finally {
      hold.release()
    }
    return await settle(to, log)
  } catch (error) {
    for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true })
    throw error
  }
}

/** Where no gateway runs, none can start until this is released. */
async function holdAlone(path: string): Promise<RemoteHold> {
  const instance = await openUnreplayed(path).catch((error) => {
    throw asStoreError(path, error)
  })
  const walBytes = await stat(`${path}.wal`).then(
    ({ size }) => size,
    () => 0,
  )
  return { walBytes, isHeld: () => true, release: () => instance.closeSync() }
}

async function copyStore(from: string, to: string, walBytes: number): Promise<void> {
  const copy = (name: string) =>
    copyFile(join(from, name), join(to, name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  await copy(DATA_FILE)
  await chmod(join(to, DATA_FILE), 0o600)
  await copy(LABEL).catch(() => undefined)
  if (walBytes === 0) return
  const wal = `${DATA_FILE}.wal`
  await pipeline(
    createReadStream(join(from, wal), { end: walBytes - 1 }),
    createWriteStream(join(to, wal), { flags: 'wx', mode: 0o600 }),
  )
}

/** Opens the copy as a store, brings its log into its data file and counts. */
async function settle(directory: string, log: (line: string) => void): Promise<BackedUp> {
  const file = await openDataFile({ directory, memoryLimit: '512MiB', mustExist: true, log })
  try {
    const connection = await file.instance.connect()
    try {
      await connection.run('CHECKPOINT')
      const counts = await connection.runAndReadAll(
        'SELECT (SELECT count(*) FROM traces)::DOUBLE, (SELECT count(*) FROM spans)::DOUBLE',
      )
      const [traces = 0, spans = 0] = counts.getRowsJS()[0] ?? []
      return { traces: Number(traces), spans: Number(spans) }
    } finally {
      connection.disconnectSync()
    }
  } finally {
    file.close()
  }
}
