import { micros } from '../src/domain/model/units.ts'
import { openStore } from '../src/sources/store/store.ts'
import { plainReader } from '../src/sources/store/testing/plain-reader.ts'
import { CLOCK, HOUR, hashOf, RETENTION, type Task } from './stress-kill/clock.ts'
import { receiptOf } from './stress-kill/ledger.ts'
import { numbersOf, type Parcel, traceOf } from './stress-kill/traffic.ts'

// Run by scripts/stress-kill.ts: opens a store and writes to it until it is killed. Says on stdout, a line each:
// `open`, `begun NAME`, `+RECEIPT` for what was acknowledged, `done NAME`.
const task = JSON.parse(process.argv[2] ?? '') as Task
const SENDERS = 4
const began = Date.now()
// Nobody is left to kill it when its parent was killed.
process.stdin.resume().once('end', () => process.exit())
const say = (line: string) => process.stdout.write(`${line}\n`)

const store = await openStore({
  directory: task.directory,
  reader: plainReader,
  now: () => micros(CLOCK + task.life * HOUR + (Date.now() - began) * 1_000),
  ...(task.retains && { retention: RETENTION }),
  // Small, so that a kill meets a checkpoint and a run of the retention often.
  pace: { checkpointBytes: 2 * 1024 ** 2, retentionEveryMs: 150 },
  log: (line) => process.stderr.write(`${line}\n`),
})
say('open')

async function send(parcel: Parcel): Promise<void> {
  switch (parcel.kind) {
    case 'logs':
      return store.addLogs(parcel.logs)
    case 'turns':
      return store.addTurns(parcel.turns)
    case 'import':
      return store.addSpansInParts(inHalves(parcel.spans))
    default:
      return store.addSpans(parcel.spans)
  }
}

async function* inHalves<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  const middle = Math.ceil(items.length / 2)
  yield items.slice(0, middle)
  yield items.slice(middle)
}

/** Traces that the last kill cut off, whole once more, as an exporter would send them; then new ones. */
const names = (function* () {
  yield* task.unfinished
  for (let index = 0; ; index++) yield `${task.life}-${index}`
})()

async function sender(): Promise<void> {
  for (let next = names.next(); !next.done; next = names.next()) {
    const name = next.value
    say(`begun ${name}`)
    const moment = CLOCK + Number.parseInt(name, 10) * HOUR
    for (const parcel of traceOf(name, numbersOf(hashOf(`${task.seed} ${name}`)), moment)) {
      await send(parcel)
      say(`+${JSON.stringify(receiptOf(name, parcel))}`)
    }
    say(`done ${name}`)
  }
}

await Promise.all(Array.from({ length: SENDERS }, sender))
