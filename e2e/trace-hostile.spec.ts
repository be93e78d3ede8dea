import { expect } from '@playwright/test'
import type { AttributeValue } from '../src/domain/model/span.ts'
import { test } from './gateway.ts'
import { stage, stagedPath } from './trace-stage.ts'

const HOSTILE = [
  '<script>window.hit = 1</script><img src="http://evil.invalid/a.png" onerror="window.hit = 2">',
  '[click](javascript:window.hit=3) and [data](data:text/html,<script>window.hit=4</script>)',
  '![pixel](http://evil.invalid/pixel.png) [a bank](http://evil.invalid/login)',
  'a \u001b[31mred\u001b[0m word, pay \u202eexe.pdf',
].join('\n\n')

const deep = (levels: number): AttributeValue => {
  let value: AttributeValue = 'end'
  for (let i = 0; i < levels; i++) value = { in: value }
  return value
}

test('hostile texts render as text: nothing runs, nothing is fetched', async ({ page, gateway }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await stage(page, {
    trace: { input: HOSTILE, output: HOSTILE, chatbot: { id: 'x', name: '<b>Bot</b>\u202e' } },
    spans: 'turn  0..100 "<img src=x onerror=window.hit=5>" error',
    detail: () => ({
      meaning: {
        input: HOSTILE,
        output: { html: HOSTILE, nested: deep(3000) },
        error: { type: 'E', message: HOSTILE, stack: HOSTILE },
      },
    }),
  })
  await page.goto(`${gateway.url}${stagedPath()}`)
  const output = page.getByRole('region', { name: 'Output' })
  await expect(output).toContainText('<script>window.hit = 1</script>')
  await expect(output).toContainText('[image: pixel http://evil.invalid/pixel.png]')
  await expect(output).toContainText('a red word, pay [U+202E]exe.pdf')
  await expect(output.locator('img, script')).toHaveCount(0)
  const links = output.getByRole('link')
  await expect(links).toHaveCount(1)
  await expect(links).toHaveAttribute('rel', /noopener/)
  await expect(output).toContainText('(evil.invalid)')
  for (const tab of ['Raw JSON', 'Attributes', 'Readable']) await page.getByRole('tab', { name: tab }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('<b>Bot</b>[U+202E]')
  expect(await page.evaluate(() => (window as { hit?: number }).hit)).toBeUndefined()
  expect(asked.filter((url) => !url.startsWith(gateway.url))).toEqual([])
})

test('a text of 5 MB is cut in view, JSON of 10,000 levels is shown line by line', async ({
  page,
  gateway,
}) => {
  await stage(page, {
    trace: { output: 'wort '.repeat(1_000_000) },
    spans: 'turn  0..100',
    detail: () => ({
      meaning: { input: JSON.stringify({ a: 'x'.repeat(5_000_000) }), output: deep(10_000) },
    }),
  })
  await page.goto(`${gateway.url}${stagedPath()}`)
  const output = page.getByRole('region', { name: 'Output' })
  await expect(output).toContainText('of 5,000,000 characters')
  expect(((await output.textContent()) ?? '').length).toBeLessThan(20_000)
  await output.getByRole('button', { name: 'Show more' }).click()
  await expect(output).toContainText('108,000 of 5,000,000 characters')
  await page.getByRole('tab', { name: 'Raw JSON' }).click()
  await expect(page.getByRole('tabpanel')).toContainText('First 1,000 lines')
  const answered = await page.evaluate(
    () => new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(1), 0))),
  )
  expect(answered).toBe(1)
})
