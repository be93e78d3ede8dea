// `npm run dev`: Vite with hot reload and the gateway, started again on every change, in one command.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

try {
  // The proxy has to know the gateway's port, wherever it was set.
  process.loadEnvFile(join(root, '.env'))
} catch {
  // There is none.
}

const gateway = spawn(
  process.execPath,
  [join(root, 'node_modules/tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', 'src/gateway/main.ts'],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
)

const vite = await createServer({ root })
await vite.listen()
vite.printUrls()

let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  gateway.kill('SIGTERM')
  await vite.close()
}
gateway.on('exit', (code) => {
  if (!stopping) process.exitCode = code ?? 1
  stop()
})
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
