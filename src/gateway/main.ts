import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { createApp } from './app.ts'
import { readStaticFiles } from './static-files.ts'

/** The folder that holds package.json: this file runs from src/gateway and from dist/gateway alike. */
const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

const files = await readStaticFiles(join(packageRoot(), 'dist', 'app'))
const app = createApp({
  host: '127.0.0.1',
  access: { allowAnonymousIngest: false, allowedHosts: [] },
  sources: () => [],
  files,
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 4320 }, (address) => {
  console.log(`turnscope: http://${address.address}:${address.port}`)
})
