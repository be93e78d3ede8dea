import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SpanOutline } from '../../domain/model/span.ts'
import type { Trace, TraceSummary } from '../../domain/model/trace.ts'
import { decodeSpanColumns } from '../../wire/span-columns.ts'
import { openReplayGateway, type ReplayGateway } from '../testing/replaying.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
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

let gateway: ReplayGateway
let folder: string

beforeEach(async () => {
  gateway = await openReplayGateway()
  folder = mkdtempSync(join(tmpdir(), 'turnscope-examples-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterEach(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true })
})

const program = (name: string, text: string): string => {
  expect(text).toContain(ADDRESS)
  const file = join(folder, name)
  writeFileSync(file, text.replaceAll(ADDRESS, gateway.address))
  return file
}
const traces = async (query = '') =>
  (await gateway.read<{ items: readonly TraceSummary[] }>(`traces${query}`)).items
const get = (id: string) => gateway.read<Trace>(`traces/${id}`)
/** Each span's name and its parent's, in order of time. */
const tree = async (id: string) => {
  const { spans } = decodeSpanColumns(await gateway.read(`traces/${id}/spans`))
  const nameOf = ({ parentId }: SpanOutline) => spans.find((span) => span.spanId === parentId)?.name
  return spans
    .toSorted(
      (a, b) => a.startTime - b.startTime || Number(a.parentId !== null) - Number(b.parentId !== null),
    )
    .map((span) => [span.name, nameOf(span)])
}

describe('the examples of docs/recording-turns.md', () => {
  const [turn = '', events = ''] = examples('sh')

  it.skipIf(!isThere('curl'))('curl: a turn (skipped where there is no curl)', async () => {
    const { stdout } = await run('sh', [program('turn.sh', turn)])
    expect(DOCUMENT).toContain(`\`\`\`json\n${stdout}\n\`\`\``)
    expect(await get('turn-1042')).toMatchObject({
      status: 'ok',
      duration: 1_850_000,
      chatbot: { name: 'Order helper', version: '12' },
      metrics: { llmTurns: 2, totalTokens: 934, cost: 0.0021 },
      participantData: { after: { tier: 'free', lastOrder: 48_213 } },
      spans: null,
    })
    expect(await traces('?changed=lastOrder&feedback=up')).toHaveLength(1)
  })

  it.skipIf(!isThere('curl'))('curl: events (skipped where there is no curl)', async () => {
    const { stdout } = await run('sh', [program('events.sh', events)])
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 3, rejected: 0 })
    expect((await tree('turn-1043')).toSorted()).toEqual([
      ['answer', undefined],
      ['order_status', 'answer'],
      ['rating', 'answer'],
    ])
    expect(await get('turn-1043')).toMatchObject({
      kind: 'turn',
      chatbot: { name: 'Order helper' },
      session: { id: 's-7781' },
      input: 'And now?',
      output: 'It is on its way.',
      environment: 'production',
      feedback: [{ name: 'THUMBS_UP', comment: 'Quick!' }],
    })
  })

  it('TypeScript: the recorder', async () => {
    mkdirSync(join(folder, 'recorder'))
    cpSync(join(ROOT, 'src/recorder'), join(folder, 'recorder'), { recursive: true })
    const [example = ''] = examples('ts')
    const { stderr } = await run(process.execPath, ['--import', 'tsx', program('bot.ts', example)], {
      cwd: ROOT,
    })
    expect(stderr).toBe('')
    const [turn] = await traces()
    expect(await tree(turn?.traceId ?? '')).toEqual([
      ['answer', undefined],
      ['search_returns', 'answer'],
      ['write_answer', 'answer'],
      ['log_answer', 'answer'],
      ['feedback', 'answer'],
    ])
    expect(turn).toMatchObject({ output: 'Yes, within 60 days.', metrics: { totalTokens: 693 } })
  })

  it.skipIf(!isThere('python3'))('Python: the client (skipped where there is no python3)', async () => {
    const [example = ''] = examples('python')
    const { stderr } = await run('python3', [program('bot.py', example)], {
      env: {
        ...process.env,
        PYTHONPATH: join(ROOT, 'clients/python/src'),
        PYTHONDONTWRITEBYTECODE: '1',
      },
    })
    expect(stderr).toBe('')
    const [first, second] = (await traces()).toSorted((a, b) => (a.input ?? '').localeCompare(b.input ?? ''))
    expect(first).toMatchObject({ input: 'Thanks!', duration: 1_200_000 })
    expect(second).toMatchObject({ input: 'Where is my order?', output: 'It is on its way.' })
    expect(await tree(second?.traceId ?? '')).toEqual([
      ['answer', undefined],
      ['order_status', 'answer'],
      ['feedback', 'answer'],
    ])
  })
})

describe('its answer to a wrong turn', () => {
  it('is what the API gives', async () => {
    const shown = examples('json').find((block) => block.includes('session.id is missing'))
    const reply = await fetch(`${gateway.address}/api/v1/turns`, {
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
