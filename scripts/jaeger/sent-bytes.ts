import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FORMATS = join(import.meta.dirname, '..', '..', 'src', 'formats')
const OTLP = join(FORMATS, 'otlp', 'fixtures')

export interface SentBody {
  readonly name: string
  readonly contentType: 'application/json' | 'application/x-protobuf'
  readonly body: Uint8Array<ArrayBuffer>
}

const JSON_TYPE = 'application/json'
const read = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path))

interface Indexed {
  readonly order: number
  readonly file: string
  readonly signal: 'traces' | 'logs'
}

/** The requests of a library's capture that carry spans, as they were sent. */
function capturedIn(folder: string): readonly SentBody[] {
  const index = join(folder, '_index.json')
  if (!existsSync(index)) return []
  return (JSON.parse(readFileSync(index, 'utf8')) as readonly Indexed[])
    .filter(({ signal }) => signal === 'traces')
    .toSorted((a, b) => a.order - b.order)
    .map(({ file }) => {
      const asJson = join(folder, `${file}.body.json`)
      return existsSync(asJson)
        ? { name: asJson, contentType: JSON_TYPE, body: read(asJson) }
        : { name: file, contentType: 'application/x-protobuf', body: read(join(folder, `${file}.pb`)) }
    })
}

const jsonIn = (folder: string): readonly SentBody[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.otlp.json'))
    .map((name) => ({ name, contentType: JSON_TYPE, body: read(join(folder, name)) }))

/** What bots and libraries really sent: Rasa's exports, every library's capture, and the edge cases. */
export function sentBodies(): readonly SentBody[] {
  const captures = join(OTLP, 'captures')
  const edge = join(FORMATS, 'fixtures', 'jaeger', 'edge.otlp.json')
  return [
    ...jsonIn(join(OTLP, 'rasa')),
    ...jsonIn(join(OTLP, 'rasa-3.21')),
    ...readdirSync(captures).flatMap((name) => capturedIn(join(captures, name))),
    { name: 'edge', contentType: JSON_TYPE, body: read(edge) },
  ]
}
