// Mixed load on one gateway for minutes, with episodes in which its disk is full: nothing acknowledged may be
// lost, memory stays bounded, and it recovers by itself. Run: npm run stress:soak -- [minutes] [seconds between episodes]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from '../bench/figures.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { auditStore } from './stress-soak/audit.ts'
import { SoakLedger, soakLoad } from './stress-soak/load.ts'

const [minutes = '10', between = '75'] = process.argv.slice(2)
const EPISODE_MS = 15_000
const LONGEST_RECOVERY_MS = 90_000
/** The disk counts as full once the log has grown by so much. */
const ROOM_BYTES = 256 * 1024

const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-soak-'))
const gateway = await startGatewayProcess({ dataDir })
const { address, pid } = gateway

/** Past this size no file of the gateway's grows: the system says so as it does of a full disk. */
const limitFiles = (bytes: number | 'unlimited') =>
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
const logBytes = (): number => {
  try {
    return statSync(join(dataDir, 'traces.duckdb.wal')).size
  } catch {
    return 0
  }
}
const health = async (): Promise<number> => {
  try {
    return (await fetch(`${address}/healthz`)).status
  } catch {
    return 0
  }
}

const until = Date.now() + Number(minutes) * 60_000
const ledger = new SoakLedger()
const idle = gateway.memory().now
const loading = soakLoad({ address, ledger, isOver: () => Date.now() > until })
const problems: string[] = []
const recoveries: number[] = []
let highest = 0
const watching = setInterval(() => {
  highest = Math.max(highest, gateway.memory().now)
}, 500)

for (let episode = 1; Date.now() + Number(between) * 1_000 + EPISODE_MS < until; episode++) {
  await delay(Number(between) * 1_000)
  const before = gateway.memory().now
  limitFiles(logBytes() + ROOM_BYTES)
  const began = Date.now()
  let noticed: number | null = null
  while (Date.now() - began < EPISODE_MS) {
    if ((await health()) === 503) noticed ??= Date.now() - began
    await delay(100)
  }
  limitFiles('unlimited')
  const freed = Date.now()
  while ((await health()) !== 200 && Date.now() - freed < LONGEST_RECOVERY_MS) await delay(50)
  if ((await health()) !== 200)
    problems.push(`episode ${episode}: not recovered after ${LONGEST_RECOVERY_MS} ms`)
  if (noticed === null) problems.push(`episode ${episode}: /healthz never said that the disk is full`)
  recoveries.push(Date.now() - freed)
  console.log(
    `episode ${episode}: noticed after ${noticed} ms, healthy ${Date.now() - freed} ms after there was room, ` +
      `resident ${Math.round(before)} MB before, ${Math.round(gateway.memory().now)} MB after`,
  )
}
await loading
await delay(2_000)
clearInterval(watching)
const end = gateway.memory().now
await gateway.stop()
problems.push(...(await auditStore(dataDir, ledger)))
rmSync(dataDir, { recursive: true, force: true })

let spans = 0
for (const ids of ledger.spans.values()) spans += ids.size
for (const line of problems.slice(0, 30)) console.log(line)
console.log(
  [...ledger.answers]
    .map(([name, count]) => `${name}: ${count}`)
    .sort()
    .join(', '),
)
console.log(
  `${minutes} minutes, ${recoveries.length} episodes: ${spans} spans of ${ledger.spans.size} traces and ` +
    `${ledger.turns.size} turns acknowledged, ${problems.length} lost, twice or wrong; lists p50 ` +
    `${Math.round(quantile(ledger.lists, 0.5))} ms, p99 ${Math.round(quantile(ledger.lists, 0.99))} ms; ` +
    `${ledger.exports} exports (${ledger.exportsBroken} broken off); resident memory ${Math.round(idle)} MB idle, ` +
    `${Math.round(highest)} MB highest, ${Math.round(end)} MB at the end; recovered in at most ` +
    `${Math.max(0, ...recoveries)} ms`,
)
process.exit(problems.length === 0 ? 0 : 1)
