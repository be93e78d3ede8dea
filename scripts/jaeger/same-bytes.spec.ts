import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SpanDetail } from '../../src/domain/model/span.ts'
import type { Trace, TraceSummary } from '../../src/domain/model/trace.ts'
import { openReplayGateway, type ReplayGateway } from '../../src/gateway/testing/replaying.ts'
import { decodeSpanColumns } from '../../src/wire/span-columns.ts'
import { DECLARED } from './declared-losses.ts'
import { type Difference, differencesOf } from './differences.ts'
import { type RunningJaeger, startJaeger } from './jaeger-process.ts'
import { SUBJECTS } from './jaeger-subject.ts'
import { sentBodies } from './sent-bytes.ts'
import { withV3Alone } from './v3-alone.ts'

interface List {
  readonly items: readonly TraceSummary[]
  readonly nextCursor?: string
}

/** The kinds of differences, with one of each. */
function show(differences: readonly Difference[]): void {
  const byField = new Map<string, Difference[]>()
  for (const one of differences) byField.set(one.field, [...(byField.get(one.field) ?? []), one])
  for (const [field, all] of byField)
    console.log(`${all.length} × ${field}: ${JSON.stringify(all[0]).slice(0, 400)}`)
}

describe.each(SUBJECTS)('what was sent, through Jaeger on %s, in the dialect %s', (storage, dialect) => {
  let jaeger: RunningJaeger
  let way: { address: string; close: () => void } | undefined
  let gateway: ReplayGateway
  beforeAll(async () => {
    jaeger = await startJaeger(storage)
    if (dialect === 'v3') way = await withV3Alone(jaeger.address)
    gateway = await openReplayGateway({ JAEGER_QUERY_URL: way?.address ?? jaeger.address })
    for (const { body, contentType } of sentBodies()) {
      await jaeger.send(body, contentType)
      await gateway.send(body, { contentType })
    }
  })
  afterAll(async () => {
    await gateway?.close()
    way?.close()
    await jaeger?.stop()
  })

  const readFrom = async <Reply>(source: string, path: string): Promise<Reply> => {
    const reply = await fetch(`${gateway.address}/api/v1/sources/${source}/${path}`)
    if (reply.status !== 200) throw new Error(`${source}, ${path}: ${reply.status} ${await reply.text()}`)
    return (await reply.json()) as Reply
  }
  const rowsOf = async (source: string): Promise<readonly TraceSummary[]> => {
    const rows: TraceSummary[] = []
    let cursor: string | undefined
    do {
      const more: string = cursor === undefined ? '' : `&cursor=${cursor}`
      const page: List = await readFrom(source, `traces?kind=any&limit=1000${more}`)
      rows.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return rows
  }

  /** Where spans are is each source's own affair; lists whose order says nothing are put in one. */
  const comparable = <Row extends TraceSummary>(row: Row | undefined): unknown =>
    row && { ...row, spans: undefined, services: [...row.services].sort(), tags: [...row.tags].sort() }
  const turnOf = async (source: string, id: string) => {
    const list = decodeSpanColumns(await readFrom(source, `traces/${id}/spans`))
    return {
      trace: comparable(await readFrom<Trace>(source, `traces/${id}`)),
      spans: [...list.spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)),
      problems: list.problems,
    }
  }

  it('is the same table, the same turn and the same spans as in the store, but for what is declared', async () => {
    const [stored, found] = await Promise.all([rowsOf('local'), rowsOf('jaeger')])
    expect(stored.length).toBeGreaterThan(100)
    expect(found.map(({ traceId }) => traceId)).toEqual(stored.map(({ traceId }) => traceId))
    const differences: Difference[] = []
    const compare = (what: string, given: unknown, wanted: unknown) =>
      differences.push(...differencesOf(what, given, wanted))
    for (const [at, row] of stored.entries()) {
      const id = row.traceId
      compare(`${id} row`, comparable(found[at]), comparable(row))
      const [given, wanted] = await Promise.all([turnOf('jaeger', id), turnOf('local', id)])
      compare(`${id} turn`, given, wanted)
      for (const { spanId } of wanted.spans) {
        const path = `traces/${id}/spans/${spanId}`
        const [one, other] = await Promise.all([
          readFrom<SpanDetail>('jaeger', path),
          readFrom<SpanDetail>('local', path),
        ])
        compare(`${id} ${spanId}`, one, other)
      }
    }
    const declared = DECLARED.filter(({ in: where }) => where === undefined || where(storage, dialect))
    const unexplained = differences.filter((one) => !declared.some(({ explains }) => explains(one)))
    if (process.env.SHOW_DIFFERENCES) show(unexplained)
    expect(unexplained.slice(0, 20), `${unexplained.length} of ${differences.length}`).toEqual([])
    const unused = declared.filter(({ explains }) => !differences.some((one) => explains(one)))
    expect(
      unused.map(({ loss }) => loss),
      'declared, but not lost',
    ).toEqual([])
    for (const { loss, explains } of declared)
      console.log(`${storage}, ${dialect}: ${differences.filter((one) => explains(one)).length} × ${loss}`)
  })
})
