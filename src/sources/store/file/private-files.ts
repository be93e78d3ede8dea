import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const OTHERS = 0o077
const OURS = /^(?:traces\.duckdb(?:\..+)?|turnscope-store\.json(?:\.new)?|temporary|backup\.sock)$/

/**
 * Takes what others than the owner may do away from the files of a data directory, and from the directory
 * where it holds nothing else: one that is shared with other files stays as it is. What cannot be changed
 * (another owner, a file system without modes) is said.
 */
export async function keepPrivate(directory: string, log: (line: string) => void): Promise<void> {
  try {
    const names = await readdir(directory)
    const ours = names.filter((name) => OURS.test(name))
    for (const name of ours) await tighten(join(directory, name))
    if (ours.length === names.length) await tighten(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    log(
      `store: others on this machine may be able to read ${directory}: its modes cannot be changed (${code})`,
    )
  }
}

async function tighten(path: string): Promise<void> {
  const { mode } = await stat(path)
  if (mode & OTHERS) await chmod(path, mode & 0o7777 & ~OTHERS)
}
