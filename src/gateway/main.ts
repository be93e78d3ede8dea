import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readStaticFiles } from './api/static-files.ts'
import { loadConfig } from './settings/config.ts'
import { openSourceTable } from './sources/source-table.ts'
import { type RunningGateway, startGateway } from './start-gateway.ts'

/** How long requests under way may take to end once the process is asked to stop. */
const GRACE_MS = 10_000

/** The folder that holds package.json: this file runs from src/gateway and from dist/gateway alike. */
const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

const say = (line: string): void => console.log(`turnscope: ${line}`)
const warn = (line: string): void => console.warn(`turnscope: warning: ${line}`)

async function start(): Promise<RunningGateway> {
  const { config, warnings } = loadConfig()
  for (const warning of warnings) warn(warning)
  const table = await openSourceTable(config, say)
  for (const warning of table.warnings) warn(warning)
  const files = await readStaticFiles(join(packageRoot(), 'dist', 'app'))
  const gateway = await startGateway(config, table, files).catch(async (error) => {
    await table.close()
    throw error
  })
  for (const warning of gateway.warnings) warn(`${warning}; OTLP/HTTP is taken at ${gateway.address} as well`)
  say(`explorer at ${gateway.address}`)
  if (gateway.otlp.http !== null) say(`OTLP/HTTP and OTLP/gRPC at ${gateway.otlp.http}`)
  if (gateway.otlp.grpc !== null) say(`OTLP/gRPC at ${gateway.otlp.grpc}`)
  const sources = await table.current()
  say(`sources: ${sources.map(({ info }) => `${info.id} (${info.label})`).join(', ')}`)
  say(config.readOnly ? 'read-only: no traces are taken' : `traces are kept in ${config.dataDir}`)
  return gateway
}

function stopOnSignals(gateway: RunningGateway): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    // Asked twice: at once. What was acknowledged is on the disk already.
    if (stopping) process.exit(1)
    stopping = true
    say('stopping: requests under way are answered first')
    try {
      await gateway.close(GRACE_MS)
      process.exit(0)
    } catch (error) {
      console.error(`turnscope: stopping failed: ${error instanceof Error ? error.message : error}`)
      process.exit(1)
    }
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

// What is kept here is for the user alone that runs it: the log and temporary files as well.
process.umask(0o077)

try {
  stopOnSignals(await start())
} catch (error) {
  // One line that says what to change; a stack would bury it.
  console.error(`turnscope: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`)
  process.exit(1)
}
