// All there is to check, in order of speed; ends with one line of counts. Stops at the first stage that fails.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
const STAGES = [
  ['types', ...npx('tsc', '--noEmit'), noCounts],
  ['lint', ...npx('biome', 'check', '.'), noCounts],
  ['unused code', ...npx('knip'), noCounts],
  ['code of tests alone', ...npx('knip', '--production', '--config', 'knip.production.json'), noCounts],
  [
    'unit and conformance tests',
    ...npx('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`),
    vitestCounts,
  ],
  ['Chromium', process.execPath, ['scripts/chromium.mjs'], noCounts],
  ['build', process.execPath, ['scripts/build.mjs'], noCounts],
  ['browser tests', ...npx('playwright', 'test', '--reporter=list,json'), playwrightCounts],
]

const totals = noCounts()
let exitCode = 0
for (const [name, command, parameters, counts] of STAGES) {
  console.log(`\n— ${name}`)
  const { status } = spawnSync(command, parameters, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
  })
  let counted = noCounts()
  try {
    counted = counts()
  } catch {
    counted.failed = 1
  }
  if (status !== 0) counted.failed ||= 1
  for (const key of Object.keys(totals)) totals[key] += counted[key]
  if (status !== 0) {
    console.error(`\n${name}: failed`)
    exitCode = 1
    break
  }
}
rmSync(folder, { recursive: true, force: true })
console.log(
  `\n${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`,
)
process.exit(exitCode)
