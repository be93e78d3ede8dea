// All there is to check, in order of speed; ends with one line of counts. Stops at the first stage that fails.
// What only reads the sources runs side by side, each with its output in one piece.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'turnscope-test-'))
const vitestReport = join(folder, 'vitest.json')
const playwrightReport = join(folder, 'playwright.json')

const noCounts = () => ({ passed: 0, failed: 0, skipped: 0 })

function vitestCounts() {
  const report = JSON.parse(readFileSync(vitestReport, 'utf8'))
  return {
    passed: report.numPassedTests,
    // A file that does not load has no tests to count, yet it failed.
    failed: Math.max(report.numFailedTests, report.success ? 0 : 1),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

function playwrightCounts() {
  const { stats, errors } = JSON.parse(readFileSync(playwrightReport, 'utf8'))
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  }
}

const npx = (...parameters) => ['npx', ['--no-install', ...parameters]]
/** Stages that may run at the same time stand in one list. */
const STAGES = [
  [
    ['types', ...npx('tsc', '--noEmit'), noCounts],
    ['lint', ...npx('biome', 'check', '.'), noCounts],
    ['unused code', ...npx('knip'), noCounts],
    ['code of tests alone', ...npx('knip', '--production', '--config', 'knip.production.json'), noCounts],
  ],
  [
    [
      'unit and conformance tests',
      ...npx('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`),
      vitestCounts,
    ],
  ],
  [['Chromium', process.execPath, ['scripts/chromium.mjs'], noCounts]],
  [['build', process.execPath, ['scripts/build.mjs'], noCounts]],
  [['browser tests', ...npx('playwright', 'test', '--reporter=list,json'), playwrightCounts]],
]

const totals = noCounts()
const failed = []

/** Runs a stage and adds its counts; with `held`, its output is printed once it has ended. */
async function run([name, command, parameters, counts], held) {
  if (!held) console.log(`\n— ${name}`)
  const begun = Date.now()
  const child = spawn(command, parameters, {
    stdio: held ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
  })
  const output = []
  for (const stream of held ? [child.stdout, child.stderr] : [])
    stream.on('data', (part) => output.push(part))
  const status = await new Promise((resolve) => {
    child.on('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`))
      resolve(null)
    })
    child.on('close', resolve)
  })
  let counted = noCounts()
  try {
    counted = counts()
  } catch {
    counted.failed = 1
  }
  if (status !== 0) counted.failed ||= 1
  for (const key of Object.keys(totals)) totals[key] += counted[key]
  if (held) console.log(`\n— ${name}`)
  process.stdout.write(Buffer.concat(output))
  console.log(`${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`)
  if (status !== 0) failed.push(name)
}

for (const stages of STAGES) {
  const waiting = [...stages]
  const next = async () => {
    for (let stage = waiting.shift(); stage; stage = waiting.shift()) await run(stage, stages.length > 1)
  }
  await Promise.all(Array.from({ length: Math.min(stages.length, availableParallelism()) }, next))
  for (const name of failed) console.error(`\n${name}: failed`)
  if (failed.length > 0) break
}
rmSync(folder, { recursive: true, force: true })
console.log(
  `\n${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`,
)
process.exitCode = failed.length > 0 ? 1 : 0
