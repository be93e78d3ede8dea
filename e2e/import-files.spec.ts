import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { test } from './gateway.ts'

const FIXTURES = join(import.meta.dirname, '../src/formats/fixtures')
const LANGFUSE = 'langfuse/v2.95.12/trace_detail.json'
const JAEGER = 'jaeger/v2.20-memory/search-rasa.json'

const panel = (page: Page) => page.getByRole('complementary', { name: 'Opened files' })

interface Dropped {
  readonly name: string
  readonly text: string
}

/** Drags files over the page as a file manager does, and drops them. */
async function drop(page: Page, files: readonly Dropped[]): Promise<void> {
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer()
    for (const { name, text } of dropped) data.items.add(new File([text], name))
    return data
  }, files)
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer })
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer })
  await expect(page.getByText('Drop to open')).toBeVisible()
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
  await expect(page.getByText('Drop to open')).toHaveCount(0)
}

test('a file dropped anywhere comes in, says what was in it and leads to its trace', async ({
  freshGateway,
  page,
}) => {
  await page.goto(`${freshGateway.url}/sample/chatbots`)
  await expect(page.getByRole('table')).toBeVisible()
  await drop(page, [{ name: 'turn.json', text: await readFile(join(FIXTURES, LANGFUSE), 'utf8') }])
  await expect(panel(page)).toContainText('turn.json')
  await expect(panel(page)).toContainText('Langfuse: 1 trace, 5 spans')
  const { violations } = await new AxeBuilder({ page }).include('aside[aria-label="Opened files"]').analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  await panel(page).getByRole('link', { name: 'Open the trace' }).click()
  await expect(page).toHaveURL(/\/local\/traces\/[^/]+$/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await panel(page).getByRole('button', { name: 'Dismiss' }).click()
  await expect(panel(page)).toHaveCount(0)
})

test('several files, one of them damaged: what is right comes in, what is wrong is said', async ({
  freshGateway,
  page,
}) => {
  const jaeger = await readFile(join(FIXTURES, JAEGER), 'utf8')
  const line = JSON.stringify(JSON.parse(jaeger))
  await page.goto(`${freshGateway.url}/local/traces`)
  await drop(page, [
    { name: 'rasa.jsonl', text: `${line}\n{"half": \n` },
    { name: 'notes.txt', text: 'not a trace at all' },
  ])
  const [rasa, notes] = [panel(page).getByRole('listitem').first(), panel(page).getByRole('listitem').last()]
  await expect(rasa).toContainText('171 spans, 1 left out')
  await rasa.getByText('What was wrong').click()
  await expect(rasa).toContainText('a line that is no JSON (line 2)')
  await expect(notes).toContainText('the file is neither JSON nor JSON lines')
  await rasa.getByRole('link', { name: 'View these traces' }).click()
  await expect(page.locator('tr[data-trace]').first()).toBeVisible()
  const count = page.locator('footer').getByRole('status')
  await expect(count).toHaveText('3 traces')

  // The same file again changes nothing.
  await drop(page, [{ name: 'again.json', text: jaeger }])
  await expect(panel(page)).toContainText('again.json')
  await expect(panel(page).getByRole('link')).toHaveCount(1)
  await page.reload()
  await expect(count).toHaveText('3 traces')
})

test('the command palette asks for a file', async ({ freshGateway, page }) => {
  await page.goto(`${freshGateway.url}/local/traces`)
  await page.getByRole('button', { name: 'Search or run a command' }).click()
  await page.getByRole('combobox', { name: 'Search or run a command' }).fill('open a file')
  await expect(page.getByRole('option').first()).toContainText('Open a file')
  const asked = page.waitForEvent('filechooser')
  await page.keyboard.press('Enter')
  await (await asked).setFiles(join(FIXTURES, LANGFUSE))
  await expect(panel(page)).toContainText('Langfuse: 1 trace, 5 spans')
  await expect(page.locator('tr[data-trace]').first()).toBeVisible()
})

/** OTLP/JSON lines of so many bytes, each line a trace of its own. */
function manyLines(bytes: number): string {
  const lines: string[] = []
  for (let at = 0, size = 0; size < bytes; at++) {
    const hex = (at + 1).toString(16)
    const span = {
      traceId: hex.padStart(32, '0'),
      spanId: hex.padStart(16, '0'),
      name: 'invoke_agent Harbour',
      kind: 1,
      startTimeUnixNano: String(1_763_647_200_000_000_000n + BigInt(at) * 1_000_000_000n),
      endTimeUnixNano: String(1_763_647_201_000_000_000n + BigInt(at) * 1_000_000_000n),
      attributes: [
        { key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } },
        { key: 'note', value: { stringValue: `${'tide '.repeat(180)}${at}` } },
      ],
    }
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    lines.push(text)
    size += text.length + 1
  }
  return lines.join('\n')
}

test('a large file shows how far it is, can be cancelled, and the page stays usable', async ({
  freshGateway,
  page,
}) => {
  test.slow()
  await page.goto(`${freshGateway.url}/local/traces`)
  const text = manyLines(24_000_000)
  await page.evaluate((whole) => {
    const data = new DataTransfer()
    data.items.add(new File([whole], 'large.jsonl'))
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
    )
  }, text)
  const bar = panel(page).getByRole('progressbar', { name: 'Reading large.jsonl' })
  await expect(bar).toBeVisible()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Chatbots' }).click()
  await expect(page).toHaveURL(/\/local\/chatbots$/)
  await expect
    .poll(async () => Number(await bar.getAttribute('aria-valuenow').catch(() => 100)), { intervals: [20] })
    .toBeGreaterThan(0)
  await panel(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(panel(page)).toContainText('Cancelled. What came in already stays.')
})
