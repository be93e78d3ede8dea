// Kills a process that writes to a store with -9 at random moments, again and again: what was acknowledged must
// be there afterwards, and nothing twice. Run: npm run stress:kill -- [kills] [seed] [keep]; with `keep` no retention
// runs, and nothing at all may be absent.
import { stressKill } from './stress-kill/run.ts'

const [kills = '200', seed = String(Date.now() % 1_000_000), keep] = process.argv.slice(2)
const began = performance.now()
console.log(`${kills} kills; again with: npm run stress:kill -- ${kills} ${seed}`)
const { totals, early, healing, expired, wrong } = await stressKill({
  kills: Number(kills),
  seed: Number(seed),
  retains: keep === undefined,
  log: (line) => console.log(line),
})
for (const line of wrong.slice(0, 50)) console.log(line)
console.log(
  `${kills} kills (${early} before the store was open, ${healing} of a store being healed) in ` +
    `${((performance.now() - began) / 60_000).toFixed(1)} minutes: ${totals.spans} spans, ${totals.logs} log ` +
    `records and ${totals.turns} turns of ${totals.traces} traces acknowledged, ${expired} traces past the ` +
    `retention; ${wrong.length} lost, twice or wrong (seed ${seed})`,
)
process.exit(wrong.length === 0 ? 0 : 1)
