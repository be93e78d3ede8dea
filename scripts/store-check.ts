// Reads everything in a store and says what is damaged: npm run store:check [-- DIR]
// Without DIR: the store of TURNSCOPE_DATA_DIR (or .env, or .turnscope). Changes nothing.
// Exit code 0: all can be read; 1: something is damaged; 2: it could not be checked, e.g. because a gateway runs.
import { resolve } from 'node:path'
import { loadConfig } from '../src/gateway/settings/config.ts'
import { checkStore } from '../src/sources/store/file/check.ts'

process.umask(0o077)
try {
  const [given] = process.argv.slice(2)
  const directory = given === undefined ? loadConfig().config.dataDir : resolve(given)
  const { problems, rows } = await checkStore(directory)
  for (const problem of problems) console.error(`turnscope: ${problem}`)
  const counts = ['traces', 'spans', 'logs'].map((table) => `${rows.get(table) ?? 0} ${table}`).join(', ')
  console.log(`turnscope: ${directory}: ${counts}: ${problems.length === 0 ? 'all can be read' : 'damaged'}`)
  process.exitCode = problems.length === 0 ? 0 : 1
} catch (error) {
  console.error(`turnscope: not checked: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}
