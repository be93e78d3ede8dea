// Builds what is not built: the page (dist/app) and the gateway (dist/gateway), each only where its
// sources changed since. `--force` builds both.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const CONFIGS = ['vite.config.ts', 'package-lock.json', 'tsconfig.json']
const BOTH = ['src/domain', 'src/wire', 'src/semantics', 'src/sources', ...CONFIGS]
const PROGRAMS = [
  {
    name: 'page',
    out: 'dist/app',
    proof: 'index.html',
    sources: [
      'index.html',
      'public',
      'src/app',
      'src/features',
      'src/filters',
      'src/state',
      'src/ui',
      ...BOTH,
    ],
  },
  {
    name: 'gateway',
    out: 'dist/gateway',
    proof: 'main.js',
    sources: ['src/gateway', 'src/formats', ...BOTH],
    entry: 'src/gateway/main.ts',
  },
]

/** Every file below a path with its size and time of change; tests do not count. */
function* filesOf(path) {
  if (!existsSync(path)) return
  const stat = statSync(path)
  if (!stat.isDirectory()) {
    if (!/\.test\.tsx?$/.test(path)) yield `${relative(root, path)} ${stat.size} ${stat.mtimeMs}`
    return
  }
  for (const name of readdirSync(path).sort()) if (name !== 'fixtures') yield* filesOf(join(path, name))
}

/** What a program was built from, as one hash: a deleted file changes it too. */
const fingerprint = (sources) => {
  const hash = createHash('sha256')
  for (const source of sources) for (const line of filesOf(join(root, source))) hash.update(`${line}\n`)
  return hash.digest('hex')
}

const stampOf = (program) => join(root, 'dist', `.${program.name}.built-from`)

const isBuilt = (program, print) =>
  existsSync(join(root, program.out, program.proof)) &&
  existsSync(stampOf(program)) &&
  readFileSync(stampOf(program), 'utf8') === print

const COMPRESSIBLE = /\.(?:html|js|css|svg|json|webmanifest|txt|wasm)$/
const WORTH_COMPRESSING = 1024

/** Puts a .br and a .gz beside every file that gains by it, so that serving costs nothing. */
function compressBelow(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !COMPRESSIBLE.test(path)) continue
    const body = readFileSync(path)
    if (body.length < WORTH_COMPRESSING) continue
    writeFileSync(`${path}.br`, brotliCompressSync(body))
    writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
  }
}

/** Builds the programs whose sources changed. Resolves to the names of those that it built. */
export async function build({ force = false } = {}) {
  const built = []
  for (const program of PROGRAMS) {
    const print = fingerprint(program.sources)
    if (!force && isBuilt(program, print)) continue
    const vite = await import('vite').catch(() => {
      throw new Error('vite is not installed: run `npm install` (without --omit=dev) once, then start again')
    })
    console.log(`turnscope: building the ${program.name} …`)
    await vite.build({ root, logLevel: 'warn', ...(program.entry && { build: { ssr: program.entry } }) })
    if (!program.entry) compressBelow(join(root, program.out))
    writeFileSync(stampOf(program), print)
    built.push(program.name)
  }
  return built
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const built = await build({ force: process.argv.includes('--force') })
    if (built.length === 0) console.log('turnscope: everything is built')
  } catch (error) {
    console.error(`turnscope: the build failed: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}
