import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SHAPE = /^[0-9a-z]{8,64}$/

const readId = (path: string): string | null => {
  try {
    const id = readFileSync(path, 'utf8').trim()
    return SHAPE.test(id) ? id : null
  } catch {
    return null
  }
}

/**
 * What this installation is called where Langfuse's SDKs ask for a project: made once and kept in the data folder.
 * Where it cannot be kept there, it holds as long as the process.
 */
export function projectIdIn(dataDir: string): string {
  const path = join(dataDir, 'project-id')
  const kept = readId(path)
  if (kept !== null) return kept
  const id = randomBytes(12).toString('hex')
  try {
    writeFileSync(path, `${id}\n`, { mode: 0o600 })
  } catch {
    // A folder that cannot be written to is no reason to refuse senders.
  }
  return id
}
