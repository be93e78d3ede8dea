import type { DuckDBConnection } from '@duckdb/node-api'
import type { Micros, TraceId } from '../../../domain/model/units.ts'
import { runOn } from '../engine/connections.ts'
import { sql } from '../sql/sql.ts'

/** How long feedback waits for a trace that is not there. */
const PATIENCE = 7 * 86_400_000_000
const EVERY_MS = 3_600_000

export interface AwaitedFeedbackOptions {
  readonly now: () => Micros
  /** Runs with the writer to itself. */
  readonly write: <Result>(work: (connection: DuckDBConnection) => Promise<Result>) => Promise<Result>
  /** What is held in memory of these traces is out of date. */
  readonly forget: (id: TraceId) => void
  readonly log: (line: string) => void
}

/**
 * Deletes feedback whose trace has not come within seven days, and updates whose creation has not, at the start
 * and every hour.
 */
export class AwaitedFeedback {
  readonly #options: AwaitedFeedbackOptions
  #timer: NodeJS.Timeout | null = null
  #underWay: Promise<void> = Promise.resolve()

  constructor(options: AwaitedFeedbackOptions) {
    this.#options = options
  }

  start(): void {
    const run = () => {
      this.#underWay = this.#deleteForsaken().catch((error) =>
        this.#options.log(`store: feedback that waits for its trace: ${error}`),
      )
    }
    run()
    this.#timer = setInterval(run, EVERY_MS).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#underWay
  }

  async #deleteForsaken(): Promise<void> {
    const { now, write, forget } = this.#options
    await write(async (connection) => {
      const before = BigInt(now() - PATIENCE)
      // A statement that deletes nothing is a transaction all the same.
      const old = sql`SELECT 1 FROM feedback WHERE arrival < ${before}
          UNION ALL SELECT 1 FROM records WHERE trace_id = '' AND arrival < ${before} LIMIT 1`
      if ((await runOn(connection, old)).length === 0) return
      const gone = await runOn(
        connection,
        sql`DELETE FROM feedback WHERE arrival < ${before}
            AND NOT EXISTS (SELECT 1 FROM traces
              WHERE traces.trace_key = feedback.trace_key AND traces.trace_id = feedback.trace_id)
            AND trace_id NOT IN (SELECT trace_id FROM unfolded) RETURNING trace_id`,
      )
      await runOn(connection, sql`DELETE FROM records WHERE trace_id = '' AND arrival < ${before}`)
      for (const { trace_id } of gone) forget(String(trace_id) as TraceId)
    })
  }
}
