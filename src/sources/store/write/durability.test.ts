import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { traceId } from '../../../domain/model/units.ts'
import { EVERYTHING } from '../../../domain/query/trace-query.ts'
import { openStore } from '../store.ts'

/** More of them, when the way of writing is changed: `KILLS=20 npx vitest run src/sources/store/durability`. */
const KILLS = Number(process.env.KILLS ?? 3)
const CHILD = fileURLToPath(new URL('../testing/ingest-child.ts', import.meta.url))
const signal = new AbortController().signal

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turnscope-durable-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Lets a child write until so many traces were acknowledged, then kills it between two instructions. */
async function ingestUntilKilled(enough: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    if (text.split('\n').length > enough) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return text.split('\n').slice(0, -1)
}

it(
  `keeps what was acknowledged through ${KILLS} kills in the midst of writing`,
  async () => {
    const acknowledged: string[] = []
    for (let kill = 0; kill < KILLS; kill++) acknowledged.push(...(await ingestUntilKilled(40 + kill * 37)))
    expect(acknowledged.length).toBeGreaterThan(40 * KILLS)
    const store = await openStore({ directory })
    try {
      for (const id of acknowledged) {
        const { spans } = await store.source.getSpans(traceId(id), signal)
        expect(new Set(spans.map(({ spanId }) => spanId)).size, id).toBe(20)
        expect(spans).toHaveLength(20)
        expect(await store.source.getTrace(traceId(id), signal)).toMatchObject({ spanCount: 20 })
      }
      const { count = 0 } = (await store.source.count?.(EVERYTHING, signal))?.value ?? {}
      // At most what each of eight callers had under way at each kill.
      expect(count).toBeGreaterThanOrEqual(acknowledged.length)
      expect(count).toBeLessThanOrEqual(acknowledged.length + 8 * KILLS)
    } finally {
      await store.close()
    }
  },
  30_000 + KILLS * 10_000,
)
