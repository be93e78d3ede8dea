import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { SoakLedger } from './load.ts'

/** What is lost or there twice, one line each: reads the tables of a store that nobody has open. */
export async function auditStore(dataDir: string, { spans, turns }: SoakLedger): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(join(dataDir, 'traces.duckdb'), { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  const wrong: string[] = []
  const stored = new Map<string, Set<string>>()
  const reply = await connection.stream('SELECT trace_id, span_id FROM spans')
  for await (const rows of reply.yieldRowsJs()) {
    for (const [trace, span] of rows) {
      const ids = stored.get(String(trace)) ?? new Set()
      stored.set(String(trace), ids)
      if (ids.has(String(span))) wrong.push(`span ${trace}/${span} is there twice`)
      ids.add(String(span))
    }
  }
  const rows = new Map<string, number>()
  const traces = await connection.stream('SELECT trace_id, summary FROM traces')
  for await (const batch of traces.yieldRowsJs()) {
    for (const [trace, summary] of batch) {
      if (rows.has(String(trace))) wrong.push(`trace ${trace} is there twice`)
      rows.set(String(trace), (JSON.parse(String(summary)) as { spanCount?: number }).spanCount ?? 0)
    }
  }
  for (const [trace, ids] of spans) {
    const there = stored.get(trace)
    for (const id of ids) if (!there?.has(id)) wrong.push(`span ${trace}/${id} is lost`)
    if (rows.get(trace) !== there?.size)
      wrong.push(`trace ${trace} states ${rows.get(trace)} of ${there?.size} spans`)
  }
  for (const turn of turns) if (!rows.has(turn)) wrong.push(`turn ${turn} is lost`)
  connection.disconnectSync()
  instance.closeSync()
  return wrong
}
