import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { micros } from '../../src/domain/model/units.ts'
import { EVERYTHING } from '../../src/domain/query/trace-query.ts'
import { openStore, type Store } from '../../src/sources/store/store.ts'
import { DAMAGED_SIZES, makeDamaged } from '../../src/sources/store/testing/damage.ts'
import { plainReader } from '../../src/sources/store/testing/plain-reader.ts'
import { buildChild, type Doom, live } from './children.ts'
import { CLOCK, HOUR, LIVES_CARRIED, LIVES_KEPT } from './clock.ts'
import { type Account, audit, type Ledger, type Totals, totalsOf } from './ledger.ts'
import { numbersOf } from './traffic.ts'

export interface Stress {
  readonly kills: number
  /** The traffic and the moments of the kills follow from it, as far as the machine's own pace allows. */
  readonly seed: number
  /** Whether what is old is deleted; where not, nothing at all may be absent. By default it is. */
  readonly retains?: boolean
  readonly log: (line: string) => void
}

export interface Outcome {
  /** What was acknowledged. */
  readonly totals: Totals
  /** Kills before the store was open; kills of a store that was being brought up and healed. */
  readonly early: number
  readonly healing: number
  /** Traces that the retention deleted. */
  readonly expired: number
  /** What was lost, is there twice or otherwise wrong, one line each. */
  readonly wrong: readonly string[]
}

/** One kill of so many meets a store of an earlier version. */
const HEALED_EVERY = 5
/** Traces of so many lives are read whole after each kill; the others by their row, and whole at the end. */
const LOOKED_AT = 3
const LONGEST_LIFE_MS = 1_500
const MOST_RECEIPTS = 60
const HEALING_MS = 60_000

/** Kills a process that writes to a store, again and again, and looks after each kill what is there. */
export async function stressKill({ kills, seed, retains = true, log }: Stress): Promise<Outcome> {
  // Below the project, so that the child finds its packages.
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'stress-kill-'))
  try {
    const run = new Run(folder, await buildChild(folder), { kills, seed, retains, log })
    for (let life = 1; life <= kills; life++) {
      if (life % HEALED_EVERY === 0) await run.healAndKill(life)
      else await run.writeAndKill(life)
      if (run.wrong.length > 0) break
    }
    return await run.end(kills)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class Run {
  readonly wrong: string[] = []
  readonly #folder: string
  readonly #program: string
  readonly #seed: number
  readonly #log: (line: string) => void
  readonly #retains: boolean
  readonly #random: () => number
  readonly #ledger: Ledger = new Map()
  readonly #directory: string
  #unfinished: readonly string[] = []
  #early = 0
  #healing = 0
  #startMs = 500

  constructor(folder: string, program: string, { seed, retains = true, log }: Stress) {
    this.#folder = folder
    this.#program = program
    this.#seed = seed
    this.#log = log
    this.#retains = retains
    this.#random = numbersOf(seed)
    this.#directory = join(folder, 'mixed')
  }

  /** Sometimes at the start, most often in the midst of writing. */
  #doom(share: number): Doom {
    const moment = this.#random()
    const kind = this.#random()
    if (kind < share) return { afterStart: 100 + moment * 1.2 * this.#startMs }
    if (kind < (1 + share) / 2) return { afterOpen: 20 + moment * LONGEST_LIFE_MS }
    return { afterReceipts: 1 + Math.floor(moment * MOST_RECEIPTS) }
  }

  async writeAndKill(life: number): Promise<void> {
    const doom = this.#doom(0.2)
    const began = performance.now()
    const task = {
      directory: this.#directory,
      seed: this.#seed,
      life,
      unfinished: this.#unfinished,
      retains: this.#retains,
    }
    const { opened, unfinished, output } = await live(this.#program, task, doom, this.#ledger)
    if ('afterOpen' in doom) this.#startMs = performance.now() - began - doom.afterOpen
    this.#unfinished = unfinished.filter((name) => life - Number.parseInt(name, 10) < LIVES_CARRIED)
    if (!opened) this.#early++
    const lost = await this.#look(this.#directory, life, this.#ledger)
    this.#conclude(life, opened ? 'while writing' : 'at the start', lost, output)
  }

  async healAndKill(life: number): Promise<void> {
    const damaged = join(this.#folder, 'damaged')
    if (!existsSync(damaged)) {
      mkdirSync(damaged)
      await makeDamaged(damaged, join(this.#folder, 'source'))
    }
    const directory = join(this.#folder, 'healing')
    cpSync(damaged, directory, { recursive: true })
    const ledger: Ledger = new Map()
    const task = { directory, seed: this.#seed, life, unfinished: [], retains: false }
    const { output } = await live(this.#program, task, this.#doom(0.5), ledger)
    this.#healing++
    const lost = await this.#look(directory, life, ledger, isHealed)
    rmSync(directory, { recursive: true })
    this.#conclude(life, 'while healing', lost, output)
  }

  #conclude(life: number, when: string, lost: readonly string[], output: string): void {
    const { spans, logs, turns } = totalsOf(this.#ledger)
    this.#log(
      `kill ${life} ${when}: ${spans} spans, ${logs} logs, ${turns} turns so far; ${lost.length} wrong`,
    )
    this.wrong.push(...lost.map((line) => `kill ${life} ${when}: ${line}`))
    if (lost.length > 0) this.#log(output)
  }

  /** Opens a copy, so that the next child finds what the kill left. */
  async #look(
    directory: string,
    life: number,
    ledger: Ledger,
    extra?: (store: Store) => Promise<string[]>,
  ): Promise<string[]> {
    if (!existsSync(directory)) return []
    const copy = join(this.#folder, 'copy')
    cpSync(directory, copy, { recursive: true })
    const now = () => micros(CLOCK + life * HOUR)
    const store = await openStore({ directory: copy, reader: plainReader, now })
    try {
      const recent = new Map([...ledger].filter(([, account]) => account.life > life - LOOKED_AT))
      const { source } = store
      const wrong = extra ? await extra(store) : []
      wrong.push(...(await audit(source, recent, this.#mayBeGoneAt(life))))
      const counted = await source.count?.(EVERYTHING, new AbortController().signal)
      const count = counted?.value.count ?? 0
      const due = [...ledger.values()].filter(
        (account) => isShown(account) && !this.#mayBeGoneAt(life)(account),
      )
      if (count < due.length) wrong.push(`${count} traces are there of ${due.length}`)
      return wrong
    } finally {
      await store.close()
      rmSync(copy, { recursive: true })
    }
  }

  #mayBeGoneAt(now: number): (account: Account) => boolean {
    return ({ life }) => this.#retains && now - life >= LIVES_KEPT - LIVES_CARRIED
  }

  /** Looks at everything once more. */
  async end(life: number): Promise<Outcome> {
    const directory = this.#directory
    const store = await openStore({ directory, reader: plainReader, now: () => micros(CLOCK + life * HOUR) })
    this.wrong.push(...(await audit(store.source, this.#ledger, this.#mayBeGoneAt(life))))
    const counted = await store.source.count?.(EVERYTHING, new AbortController().signal)
    const count = counted?.value.count ?? 0
    await store.typed()
    await store.close()
    this.wrong.push(...(await inTables(join(directory, 'traces.duckdb'))))
    const shown = [...this.#ledger.values()].filter(isShown).length
    return {
      totals: totalsOf(this.#ledger),
      early: this.#early,
      healing: this.#healing,
      expired: Math.max(0, shown - count),
      wrong: this.wrong,
    }
  }
}

const isShown = ({ spans, turn }: Account): boolean => spans.size > 0 || turn
/** Waits until the traces of a damaged store are as they should be. */
async function isHealed({ source }: Store): Promise<string[]> {
  const signal = new AbortController().signal
  const until = Date.now() + HEALING_MS
  for (;;) {
    const { items } = await source.listTraces(EVERYTHING, { limit: 1_000 }, signal)
    const wrong: string[] = []
    for (const [name, size] of Object.entries(DAMAGED_SIZES)) {
      const found = items.filter(({ traceId }) => traceId === name)
      const listed = found.map(({ spanCount }) => spanCount).join(' and ')
      const list = found[0] && (await source.getSpans(found[0].traceId, signal))
      const spans = list?.spans.length ?? 0
      if (listed !== String(size) || spans !== size)
        wrong.push(`${name}: ${spans} of ${size}, listed ${listed}`)
    }
    if (wrong.length === 0 || Date.now() > until) return wrong
    await delay(50)
  }
}

/** What must not be in the tables, whatever is shown of them. */
async function inTables(path: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  const ask = async (what: string, select: string) => {
    const [[count] = []] = (await connection.runAndReadAll(select)).getRowsJS()
    return Number(count) === 0 ? [] : [`${count} ${what}`]
  }
  const found = [
    await ask('spans twice', 'SELECT count(*) - count(DISTINCT (trace_id, span_id)) FROM spans'),
    await ask('traces twice', 'SELECT count(*) - count(DISTINCT trace_id) FROM traces'),
    await ask('log records twice', 'SELECT count(*) - count(DISTINCT (trace_id, record)) FROM logs'),
    await ask('spans without a trace', 'SELECT count(*) FROM spans ANTI JOIN traces USING (trace_id)'),
    await ask('typed rows twice', 'SELECT count(*) - count(DISTINCT (trace_id, span_id)) FROM typed_spans'),
    await ask(
      'spans without a typed row',
      'SELECT count(*) FROM spans ANTI JOIN typed_spans USING (trace_id, span_id)',
    ),
    await ask(
      'typed rows without a span',
      'SELECT count(*) FROM typed_spans ANTI JOIN spans USING (trace_id, span_id)',
    ),
    await ask('traces marked for typed rows', 'SELECT count(*) FROM untyped'),
  ]
  connection.disconnectSync()
  instance.closeSync()
  return found.flat()
}
