import { readdirSync, readFileSync } from 'node:fs'
import type { Held, Row } from './langfuse-server.ts'

export const RECORDED_VERSIONS = ['v2.95.12', 'v4.16.0'] as const
export type RecordedVersion = (typeof RECORDED_VERSIONS)[number]

/** When the recordings were made, ms: everything in them had begun. */
export const RECORDED_AT = Date.parse('2026-11-20T12:10:00Z')

const folder = (version: RecordedVersion) =>
  new URL(`../../../formats/fixtures/langfuse/${version}/`, import.meta.url)
const text = (version: RecordedVersion, name: string): string =>
  readFileSync(new URL(name, folder(version)), 'utf8')
const read = (version: RecordedVersion, name: string): Row => JSON.parse(text(version, name)) as Row

const listed = (version: RecordedVersion, pattern: RegExp): readonly Row[] =>
  readdirSync(folder(version))
    .filter((name) => pattern.test(name))
    .flatMap((name) => (read(version, name).data ?? []) as readonly Row[])

/** Each once: the recording that tells most of it. */
function fullest(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const found = new Map<string, Row>()
  for (const row of rows) {
    const known = found.get(keyOf(row))
    if (known === undefined || Object.keys(row).length > Object.keys(known).length) found.set(keyOf(row), row)
  }
  return [...found.values()]
}

/** Everything that was recorded of a running server, as one that is asked again. */
export function recorded(version: RecordedVersion): Held {
  const comments = listed(version, /^comments_list/)
  const bodies = {
    noRoute: text(version, 'error_404_route.json'),
    unauthorized: text(version, 'error_401_badsecret.json'),
  }
  if (version === 'v4.16.0') {
    return {
      version: '4.16.0',
      rows: fullest(listed(version, /^v2_observations_/), (row) => `${row.traceId} ${row.id}`),
      newScores: fullest(listed(version, /^v3_scores_(all|by)/), (row) => String(row.id)),
      comments,
      takesLists: false,
      bodies: {
        ...bodies,
        eventsOnly: text(version, 'legacy_traces_list.json'),
        badRequest: text(version, 'error_400_v2_bad_filter.json'),
        noTrace: text(version, 'legacy_trace_detail.json'),
      },
    }
  }
  const details = ['trace_detail.json', 'trace_detail_error.json'].map((name) => read(version, name))
  const scores = new Map(listed(version, /^scores_list/).map((score) => [score.id, score]))
  const known = new Map(details.map((detail) => [detail.id, detail]))
  const traces = fullest(listed(version, /^traces_list_(p\d|default|filter)/), (row) => String(row.id)).map(
    (row) => ({
      ...row,
      ...known.get(row.id),
      ...(!known.has(row.id) && {
        scores: (row.scores as readonly string[]).map((id) => scores.get(id) ?? id),
      }),
    }),
  )
  const observations = fullest(
    [
      ...listed(version, /^observations_list/),
      ...details.flatMap((one) => one.observations as readonly Row[]),
    ],
    (row) => String(row.id),
  )
  return {
    version: '2.95.12',
    traces,
    observations,
    comments,
    takesLists: false,
    bodies: {
      ...bodies,
      eventsOnly: text('v4.16.0', 'legacy_traces_list.json'),
      badRequest: text(version, 'error_400_timestamp.json'),
      noTrace: text(version, 'error_404_trace.json'),
    },
  }
}
