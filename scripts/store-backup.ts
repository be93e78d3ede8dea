// Copies the store into an empty folder, while the gateway runs or not: npm run store:backup -- DIR
// The store is that of TURNSCOPE_DATA_DIR (or .env, or .turnscope). Exit code 0: DIR holds a store.
import { resolve } from 'node:path'
import { loadConfig } from '../src/gateway/settings/config.ts'
import { backUp } from '../src/sources/store/file/backup.ts'

process.umask(0o077)
const [target, ...rest] = process.argv.slice(2)
if (target === undefined || rest.length > 0) {
  console.error('turnscope: usage: npm run store:backup -- DIR (an empty or new folder)')
  process.exit(2)
}
try {
  const { dataDir } = loadConfig().config
  const began = performance.now()
  const { traces, spans } = await backUp(dataDir, resolve(target), (line) =>
    console.log(`turnscope: ${line}`),
  )
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  console.log(
    `turnscope: ${traces} traces and ${spans} spans of ${dataDir} are in ${resolve(target)} (${seconds} s)`,
  )
} catch (error) {
  console.error(`turnscope: no backup: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
