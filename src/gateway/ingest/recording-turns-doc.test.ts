import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemorySink } from './memory-sink.ts'
import { turnRoutes } from './turn-api.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DOCUMENT = readFileSync(join(ROOT, 'docs/recording-turns.md'), 'utf8')
const ADDRESS = 'http://127.0.0.1:4320'
const run = promisify(execFile)

const examples = (language: string): readonly string[] =>
  Array.from(
    DOCUMENT.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
    (match) => match[1] ?? '',
  )

const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let sink: MemorySink
let address: string
let close: () => void
let folder: string

beforeEach(async () => {
  sink = new MemorySink()
  const server = createAdaptorServer({ fetch: turnRoutes({ sink, authorize: () => ({ ok: true }) }).fetch })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  close = () => server.close()
  folder = mkdtempSync(join(tmpdir(), 'turnscope-examples-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterEach(() => {
  close()
  rmSync(folder, { recursive: true })
})

const program = (name: string, text: string): string => {
  expect(text).toContain(ADDRESS)
  const file = join(folder, name)
  writeFileSync(file, text.replaceAll(ADDRESS, address))
  return file
}
const tree = () =>
  sink.spans.map(({ name, parentId }) => [name, sink.spans.find((span) => span.spanId === parentId)?.name])

describe('the examples of docs/recording-turns.md', () => {
  const [turn = '', events = ''] = examples('sh')

  it.skipIf(!isThere('curl'))('curl: a turn (skipped where there is no curl)', async () => {
    const { stdout } = await run('sh', [program('turn.sh', turn)])
    expect(DOCUMENT).toContain(`\`\`\`json\n${stdout}\n\`\`\``)
    expect(sink.turns[0]?.trace).toMatchObject({ traceId: 'turn-1042', status: 'ok', duration: 1_850_000 })
    expect(sink.turns[0]?.facets.changed).toEqual(['lastOrder'])
  })

  it.skipIf(!isThere('curl'))('curl: events (skipped where there is no curl)', async () => {
    const { stdout } = await run('sh', [program('events.sh', events)])
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 3, rejected: 0 })
    expect(tree()).toEqual([
      ['order_status', 'answer'],
      ['answer', undefined],
      ['rating', 'answer'],
    ])
  })

  it('TypeScript: the recorder', async () => {
    mkdirSync(join(folder, 'recorder'))
    cpSync(join(ROOT, 'src/recorder'), join(folder, 'recorder'), { recursive: true })
    const [example = ''] = examples('ts')
    const { stderr } = await run(process.execPath, ['--import', 'tsx', program('bot.ts', example)], {
      cwd: ROOT,
    })
    expect(stderr).toBe('')
    expect(tree()).toEqual([
      ['search_returns', 'answer'],
      ['write_answer', 'answer'],
      ['log_answer', 'answer'],
      ['answer', undefined],
      ['feedback', 'answer'],
    ])
  })

  it.skipIf(!isThere('python3'))('Python (skipped where there is no python3)', async () => {
    const [example = ''] = examples('python')
    await run('python3', [program('bot.py', example)])
    expect(tree()).toEqual([
      ['order_status', 'answer'],
      ['answer', undefined],
    ])
    expect(sink.turns).toHaveLength(1)
    expect(sink.turns[0]?.trace).toMatchObject({ input: 'Thanks!', duration: 1_200_000 })
  })
})

describe('its answer to a wrong turn', () => {
  it('is what the API gives', async () => {
    const shown = examples('json').find((block) => block.includes('session.id is missing'))
    const reply = await fetch(`${address}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        startTime: '2026-03-01T09:30:00Z',
        chatbot: { name: 'Order helper' },
        session: {},
        input: 'Hi',
        metrics: { cost: -1 },
      }),
    })
    expect(await reply.json()).toEqual(JSON.parse(shown ?? ''))
  })
})
