import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'vite'
import type { Task } from './clock.ts'
import { enter, type Ledger, type Receipt } from './ledger.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Makes one file of the child's sources: it starts in a third of the time. Gives its path. */
export async function buildChild(folder: string): Promise<string> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: {
      ssr: join(ROOT, 'scripts', 'stress-kill-child.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
    },
  })
  return join(folder, 'stress-kill-child.js')
}

/**
 * When a child is killed: so many milliseconds after its start or after it has opened the store, or with its
 * n-th receipt, so that much is written on a busy machine as well.
 */
export type Doom =
  | { readonly afterStart: number }
  | { readonly afterOpen: number }
  | { readonly afterReceipts: number }

export interface Life {
  readonly opened: boolean
  readonly unfinished: readonly string[]
  /** What it wrote beside its receipts. */
  readonly output: string
}

/** Lets a child live until its doom, and enters in the ledger what it says was acknowledged. */
export async function live(program: string, task: Task, doom: Doom, ledger: Ledger): Promise<Life> {
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its packages stand in the project's folder.
    cwd: ROOT,
  })
  const unfinished = new Set<string>(task.unfinished)
  let opened = false
  let rest = ''
  let output = ''
  let killed = false
  const kill = () => {
    killed = true
    child.kill('SIGKILL')
  }
  let timer = 'afterStart' in doom ? setTimeout(kill, doom.afterStart) : setTimeout(kill, LONGEST_LIFE_MS)
  let receipts = 0
  const read = (line: string) => {
    if (line.startsWith('+')) {
      enter(ledger, JSON.parse(line.slice(1)) as Receipt, task.life)
      if ('afterReceipts' in doom && ++receipts === doom.afterReceipts) kill()
    } else if (line.startsWith('begun ')) unfinished.add(line.slice(6))
    else if (line.startsWith('done ')) unfinished.delete(line.slice(5))
    else if (line === 'open') {
      opened = true
      if ('afterOpen' in doom) {
        clearTimeout(timer)
        timer = setTimeout(kill, doom.afterOpen)
      }
    }
  }
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    const lines = (rest + part).split('\n')
    // What a kill cut off was not said.
    rest = lines.pop() ?? ''
    for (const line of lines) read(line)
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    output += part
  })
  await once(child, 'close')
  clearTimeout(timer)
  if (!killed) throw new Error(`the child ended by itself:\n${output}`)
  return { opened, unfinished: [...unfinished], output }
}

const LONGEST_LIFE_MS = 120_000
