// A real Jaeger, built once into the user's cache directory, on ports of its own: what the Jaeger source is held
// against beside recordings and imitations. Where Go or Jaeger's modules cannot be had, it says so and is skipped.
// Further words name the files to run: `npm run test:jaeger -- listing`.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buildJaeger, NoJaegerError } from './jaeger/build-jaeger.ts'

const ROOT = join(import.meta.dirname, '..')
const only = process.argv.slice(2)

/** Runs one of the project's programs; ends where it fails. */
function runFirst(script: string): void {
  const { status } = spawnSync(process.execPath, [join('scripts', script)], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

try {
  await buildJaeger((line) => console.log(line))
} catch (error) {
  if (!(error instanceof NoJaegerError)) throw error
  console.log(`skipped: ${error.message}`)
  process.exit(0)
}
// What the browser is shown is what is built.
if (only.length === 0 || only.some((name) => name.includes('browser'))) {
  runFirst('chromium.mjs')
  runFirst('build.mjs')
}
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const config = join('scripts', 'jaeger', 'vitest.config.ts')
const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...only], {
  cwd: ROOT,
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.once('exit', (code) => process.exit(code ?? 1))
