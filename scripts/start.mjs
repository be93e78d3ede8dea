// `npm start`: builds what is not built, then becomes the gateway (same process, so signals reach it).
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

// A process of its own: the bundler's memory must not stay in the gateway's.
const build = spawnSync(process.execPath, [join(here, 'build.mjs')], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
if (build.status !== 0) process.exit(build.status ?? 1)

process.setSourceMapsEnabled(true)
await import(pathToFileURL(join(here, '..', 'dist', 'gateway', 'main.js')).href)
