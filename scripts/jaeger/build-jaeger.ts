import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The last release that can be had as a Go module: v1.76.0 holds the program of v2.13.0. */
const VERSION = '2.13.0'
const COMMAND = 'github.com/jaegertracing/jaeger/cmd/jaeger'
const MODULE = join(import.meta.dirname, 'server')
const LEAST_GO = [1, 26] as const
const PROGRESS_MS = 20_000
/** A download that is given up here is a network that does not work; a build is given time on one slow core. */
const LOAD_MS = 15 * 60_000
const BUILD_MS = 30 * 60_000

type Environment = Readonly<Record<string, string | undefined>>

const cacheOf = ({ XDG_CACHE_HOME }: Environment): string =>
  join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'turnscope', `jaeger-${VERSION}`)

/** Where the program is kept once it has been built. */
export const JAEGER_PROGRAM = join(cacheOf(process.env), 'jaeger')

/** Why there is no Jaeger to test with, for reasons that lie outside of the project. */
export class NoJaegerError extends Error {
  override readonly name = 'NoJaegerError'
}

/** Words of Go's messages where a module could not be fetched; everything else is a failure. */
const NOT_TO_BE_HAD =
  /dial tcp|no such host|i\/o timeout|connection re(fused|set)|proxyconnect|TLS handshake|network is unreachable|unexpected EOF|server misbehaving|module lookup disabled|context deadline exceeded|: (403|404|407|410|429|5\d\d) |x509:/i

const goEnvironment = (environment: Environment): NodeJS.ProcessEnv => ({
  ...environment,
  PATH: [environment.PATH ?? '', '/usr/local/go/bin'].join(delimiter),
  CGO_ENABLED: '0',
  // A workspace or vendoring of whoever runs this has nothing to say here.
  GOWORK: 'off',
})

/** The version that runs in the module's folder; an older Go may fetch the one that go.mod asks for. */
async function checkGo(environment: Environment): Promise<void> {
  let said: string
  try {
    said = (
      await run('go', ['env', 'GOVERSION'], { cwd: MODULE, env: goEnvironment(environment) })
    ).stdout.trim()
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT')
      throw new NoJaegerError(`there is no Go in PATH; ${LEAST_GO.join('.')} or newer builds Jaeger`)
    throw new NoJaegerError(`Go does not run here: ${stderr.trim().split('\n')[0]}`)
  }
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(said) ?? []).slice(1).map(Number)
  const [leastMajor, leastMinor] = LEAST_GO
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    throw new NoJaegerError(`Go is ${said}; ${LEAST_GO.join('.')} or newer builds Jaeger`)
}

interface Builder {
  readonly environment: Environment
  readonly log: (line: string) => void
}

/** Runs Go with a line now and then; gives what it wrote to its standard error and how it ended. */
async function goQuietly(args: readonly string[], what: string, ms: number, { environment, log }: Builder) {
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  const child = spawn('go', args, {
    cwd: MODULE,
    env: goEnvironment(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: ms,
  })
  const progress = setInterval(() => log(`${what} (${seconds()} s)`), PROGRESS_MS)
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => {
    errors.push(String(chunk))
    // Its last words say why; the names of a thousand modules before do not.
    if (errors.length > 200) errors.shift()
  })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { ok: code === 0, said: errors.join('').trim(), isOverTime: child.killed, seconds: seconds() }
  } finally {
    clearInterval(progress)
  }
}

/**
 * Makes sure that there is a Jaeger to start: built once, kept in the user's cache directory.
 * @returns the path of the program
 * @throws NoJaegerError where Go or its modules cannot be had; any other error is a build that failed
 */
export async function buildJaeger(
  log: (line: string) => void,
  environment: Environment = process.env,
): Promise<string> {
  const cache = cacheOf(environment)
  const program = join(cache, 'jaeger')
  if (existsSync(program)) return program
  await checkGo(environment)
  const builder = { environment, log }
  log(`Jaeger ${VERSION} is built once, into ${cache}: about three minutes on two cores`)
  const list = ['list', '-deps', '-f', '{{.Dir}}', COMMAND]
  const loaded = await goQuietly(list, 'fetching the modules of Jaeger', LOAD_MS, builder)
  if (!loaded.ok) {
    const last = loaded.said.split('\n').slice(-3).join(' ')
    if (loaded.isOverTime || NOT_TO_BE_HAD.test(loaded.said))
      throw new NoJaegerError(
        `the modules of Jaeger cannot be had: ${loaded.isOverTime ? 'no answer in time' : last}`,
      )
    throw new Error(`the modules of Jaeger do not fit together: ${loaded.said}`)
  }
  mkdirSync(cache, { recursive: true })
  // Whoever else builds it meanwhile puts the same program in its place.
  const unfinished = join(cache, `jaeger.${process.pid}`)
  try {
    const built = await goQuietly(['build', '-o', unfinished, COMMAND], 'building Jaeger', BUILD_MS, builder)
    if (!built.ok)
      throw new Error(
        `Jaeger was not built${built.isOverTime ? ' in time' : ''}: ${built.said || 'Go says nothing'}`,
      )
    renameSync(unfinished, program)
    log(`Jaeger was built in ${loaded.seconds + built.seconds} s`)
  } finally {
    rmSync(unfinished, { force: true })
  }
  return program
}
