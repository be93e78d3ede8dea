// Runs the tests of the Python client against a gateway of their own; skips, and says why, where there is no Python.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const CLIENT = join(import.meta.dirname, '..', 'clients', 'python')
const OLDEST = [3, 9]
const VERSION = 'import sys; print(*sys.version_info[:2])'

/** The first interpreter that is there and new enough. */
function findPython() {
  for (const name of ['python3', 'python']) {
    const { status, stdout } = spawnSync(name, ['-c', VERSION], { encoding: 'utf8' })
    const [major = 0, minor = 0] = (status === 0 ? stdout : '').trim().split(' ').map(Number)
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return name
  }
  return undefined
}

const python = findPython()
if (python === undefined) {
  console.log(
    `skipped: the Python client's tests need Python ${OLDEST.join('.')} or newer, and there is none`,
  )
  process.exit(0)
}
const { status, stderr } = spawnSync(python, ['-m', 'unittest', 'discover', '-s', 'tests', '-v'], {
  cwd: CLIENT,
  env: { ...process.env, PYTHONPATH: join(CLIENT, 'src'), PYTHONDONTWRITEBYTECODE: '1' },
  stdio: ['ignore', 'inherit', 'pipe'],
  encoding: 'utf8',
})
// unittest reports to stderr.
process.stdout.write(stderr)
const ran = Number(/^Ran (\d+) tests?/m.exec(stderr)?.[1] ?? 0)
const countOf = (what) => Number(new RegExp(`${what}=(\\d+)`).exec(stderr)?.[1] ?? 0)
const skipped = countOf('skipped')
const failed = Math.max(countOf('failures') + countOf('errors'), status === 0 && ran > 0 ? 0 : 1)
console.log(
  `\n${Math.max(0, ran - failed - skipped)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
)
process.exit(failed === 0 ? 0 : 1)
