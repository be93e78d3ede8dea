import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeLogsJson, decodeLogsProtobuf } from './decode-logs.ts'
import { decodeTracesJson, decodeTracesProtobuf } from './decode-traces.ts'

const CAPTURES = join(import.meta.dirname, 'fixtures/captures')
const folders = readdirSync(CAPTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory())
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

const filesOf = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(CAPTURES, folder))
    .filter((name) => pattern.test(name))
    .map((name) => join(CAPTURES, folder, name))

describe('captures of real exporters', () => {
  it('are all there', () => {
    expect(folders.length).toBeGreaterThanOrEqual(18)
  })

  it.each(folders.map((folder) => folder.name))('%s: both encodings hold the same spans', (folder) => {
    const requests = filesOf(folder, /^request-\d+\.pb$/)
    expect(requests.length).toBeGreaterThan(0)
    for (const path of requests) {
      const fromProtobuf = decodeTracesProtobuf(readFileSync(path))
      const raw = json(path.replace(/\.pb$/, '.otlp.json'))
      expect(fromProtobuf.problems, path).toEqual([])
      expect(fromProtobuf.spans.length, path).toBe(countOf(raw, 'spans'))
      expect(
        fromProtobuf.spans.flatMap((span) => span.problems ?? []),
        path,
      ).toEqual([])
      expect(decodeTracesJson(raw), path).toEqual(fromProtobuf)
    }
    for (const path of filesOf(folder, /^request-\d+\.body\.json$/))
      expect(decodeTracesJson(json(path)), path).toEqual(
        decodeTracesProtobuf(readFileSync(path.replace(/\.body\.json$/, '.pb'))),
      )
    for (const path of filesOf(folder, /^logs-\d+\.pb$/)) {
      const fromProtobuf = decodeLogsProtobuf(readFileSync(path))
      const raw = json(path.replace(/\.pb$/, '.otlp.json'))
      expect(fromProtobuf.logs.length + fromProtobuf.withoutTrace, path).toBe(countOf(raw, 'logRecords'))
      expect(decodeLogsJson(raw), path).toEqual(fromProtobuf)
    }
  })
})

/** How many records stand under a name, counted without the decoder. */
const countOf = (value: unknown, name: string): number => {
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === name && Array.isArray(inner) ? inner.length : countOf(inner, name)),
    0,
  )
}
