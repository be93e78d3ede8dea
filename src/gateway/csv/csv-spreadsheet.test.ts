import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import type { Trace } from '../../domain/model/trace.ts'
import { durationMicros, micros, traceId } from '../../domain/model/units.ts'
import { CSV_HEADER, guardCell } from '../../domain/query/columns.ts'
import { csvChunks } from './csv.ts'

const run = promisify(execFile)
const office = ['soffice', 'libreoffice'].find((name) => spawnSync(name, ['--version']).status === 0)

/** What spreadsheets break or run: quotes, line breaks, commas, emoji, right-to-left text, formulas. */
const HARD = [
  'she said "no", twice',
  'two\nlines, one\r\nmore',
  'semicolons; and\ttabs',
  'family 👩‍👩‍👧 and flags 🇪🇪',
  'أهلاً، كم رصيدي؟',
  '=HYPERLINK("http://evil.example","click")',
  '=1+1',
  '+SUM(A1:A9)',
  '-2+3',
  '@cmd',
  '  =1+1',
  '\n=1+1',
  '\u00a0=1+1',
  '\u200b=1+1',
  '\ufeff=1+1',
  '＝1+1',
  '＋1+1',
  '－1+1',
  '＠cmd',
  '"=1+1"',
  "'=1+1",
  ' ordinary text',
  '00123',
  '1e5',
  '2026-11-20',
  'TRUE',
]

const traces: readonly Trace[] = HARD.map((text, at) => ({
  traceId: traceId(`t${at}`),
  startTime: micros(1_763_640_000_000_000 + at * 1e6),
  duration: durationMicros(1_500_000),
  status: 'ok',
  kind: 'turn',
  chatbot: { id: 'b', name: text },
  input: text,
  output: `${text} `.trim(),
  metrics: { llmTurns: 1, totalTokens: 12 },
  tags: [],
  feedback: [],
  services: [],
  spans: null,
}))

async function* inOneBatch() {
  yield traces
}

const PATIENCE = 120_000

it.skipIf(!office)(
  `opens in LibreOffice with every text intact and no formula alive${office ? '' : ' (skipped: LibreOffice is not installed)'}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'turnscope-csv-'))
    try {
      let text = ''
      for await (const chunk of csvChunks(inOneBatch(), 'local')) text += chunk.text
      await writeFile(join(folder, 'export.csv'), text)
      const convert = (file: string, ...how: string[]) =>
        run(
          office as string,
          [
            `-env:UserInstallation=file://${folder}/profile`,
            '--headless',
            ...how,
            '--outdir',
            folder,
            join(folder, file),
          ],
          { timeout: PATIENCE },
        )
      const formulas = async () => {
        const { stdout } = await run(
          'unzip',
          ['-p', join(folder, 'export.xlsx'), 'xl/worksheets/sheet1.xml'],
          {
            maxBuffer: 1e8,
          },
        )
        expect(stdout).toContain('<row')
        return stdout.match(/<f[ >]/g)
      }
      // As a double click opens it: types guessed.
      await convert('export.csv', '--convert-to', 'xlsx')
      expect(await formulas()).toBeNull()
      // As the import dialog does with every column as text: comma, quote, UTF-8.
      const columns = CSV_HEADER.map((_, at) => `${at + 1}/2`).join('/')
      await convert('export.csv', `--infilter=CSV:44,34,76,1,${columns}`, '--convert-to', 'xlsx')
      expect(await formulas()).toBeNull()
      await convert('export.xlsx', '--convert-to', 'csv:Text - txt - csv (StarCalc):44,34,76')
      const back = parse(await readFile(join(folder, 'export.csv')), { bom: true }) as string[][]
      const content = CSV_HEADER.indexOf('Message Content')
      const guarded = guardCell
      // What cannot be seen may be dropped.
      const lines = (text: string | undefined) =>
        text?.replaceAll('\r\n', '\n').replaceAll(/[\u200b\ufeff]/g, '')
      expect(back).toHaveLength(1 + HARD.length * 2)
      for (const [at, text] of HARD.entries()) {
        // A spreadsheet takes the guard's quote as its own mark for text, or keeps it: both are inert.
        const found = lines(back[1 + at * 2]?.[content])
        expect([lines(guarded(text)), lines(text)], text).toContain(found)
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  PATIENCE * 3,
)
