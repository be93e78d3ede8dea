// Sends mutated captures over every way in, and mutated questions to the read API: each must be answered, and not
// as a fault of ours; what is right in the same body must be kept.
// Run: npm run stress:fuzz -- [requests] [--seed=1] [--built]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fuzz } from './fuzz-gateway.ts'
import { startGatewayProcess } from './gateway-process.ts'

const parameters = process.argv.slice(2)
const flag = (name: string): string | undefined =>
  parameters.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3)
const COUNT = Number(parameters.find((one) => !one.startsWith('--')) ?? 20_000)
const SEED = Number(flag('seed') ?? 1)

const dataDir = mkdtempSync(join(tmpdir(), 'turnscope-fuzz-'))
const gateway = await startGatewayProcess({
  dataDir,
  run: parameters.includes('--built') ? 'built' : 'sources',
  env: { OTLP_GRPC_PORT: '0' },
})
const grpc = /gRPC (?:at )?(?:https?:\/\/)?([\d.]+:\d+)/i.exec(gateway.output())?.[1]
if (grpc === undefined) throw new Error(`the gateway names no address of OTLP/gRPC:\n${gateway.output()}`)
let failed = true
try {
  const began = performance.now()
  const report = await fuzz({
    address: gateway.address,
    grpc,
    count: COUNT,
    seed: SEED,
    progress: (done) => {
      if (done % 1_000 === 0) console.log(`${done} sent, peak ${Math.round(gateway.memory().peak)} MB`)
    },
  })
  for (const line of report.failures.slice(0, 50)) console.log(line)
  for (const [answer, times] of [...report.answers].toSorted())
    console.log(`${String(times).padStart(7)}  ${answer}`)
  console.log(
    `${COUNT} requests of seed ${SEED} in ${Math.round((performance.now() - began) / 1000)} s: ` +
      `${report.failures.length} failures, ${report.markersKept} of ${report.markers} right records found again, ` +
      `slowest answer ${Math.round(report.slowestMs)} ms, peak ${Math.round(gateway.memory().peak)} MB`,
  )
  failed = report.failures.length > 0
  const faults = gateway
    .output()
    .split('\n')
    .filter((line) => /fail|Error/.test(line))
  for (const line of faults.slice(0, 20)) console.log(`the gateway said: ${line}`)
} catch (error) {
  console.log(gateway.output().slice(-3_000))
  throw error
} finally {
  await gateway.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
