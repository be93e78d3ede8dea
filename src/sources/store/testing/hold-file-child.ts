import { openDataFile } from '../file/data-file.ts'

// Run by data-file.test.ts: holds a data file until it is killed.
const [directory = ''] = process.argv.slice(2)
await openDataFile({ directory })
process.stdout.write('held\n')
setInterval(() => {}, 1_000)
