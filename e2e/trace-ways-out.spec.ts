import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { startGateway, test } from './gateway.ts'

const CAPTURE = join(
  import.meta.dirname,
  '../src/formats/otlp/fixtures/captures/openinference-langchain-0.1.80/request-1.otlp.json',
)

test('a trace is downloaded from its page, and links lead out of it and of its spans', async ({ page }) => {
  const gateway = await startGateway({
    TURNSCOPE_LINKS:
      'Logs=https://logs.example/?q={traceId}&service={service}|Span metrics=https://m.example/{spanId}',
  })
  try {
    await gateway.postTraces(CAPTURE)
    const reply = await fetch(`${gateway.url}/api/v1/sources/local/traces?kind=any`)
    const { items } = (await reply.json()) as {
      items: { traceId: string; services: string[]; spanCount: number }[]
    }
    const [turn] = items
    if (!turn) throw new Error('no trace')
    await page.goto(`${gateway.url}/local/traces/${turn.traceId}`)

    for (const [label, format] of [
      ['OTLP JSON', 'otlp'],
      ['Jaeger JSON', 'jaeger'],
    ] as const) {
      await page.getByRole('button', { name: 'Download' }).click()
      const downloaded = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: label }).click()
      const file = await downloaded
      expect(file.suggestedFilename()).toBe(`trace-${turn.traceId}.${format}.json`)
      const text = await readFile(await file.path(), 'utf8')
      const found = text.match(format === 'otlp' ? /"spanId":"[0-9a-f]{16}","?/g : /"operationName"/g)
      expect(found?.length).toBeGreaterThanOrEqual(turn.spanCount)
      JSON.parse(text)
    }

    await expect(page.getByRole('link', { name: 'Logs' }).first()).toHaveAttribute(
      'href',
      `https://logs.example/?q=${turn.traceId}&service=${encodeURIComponent(turn.services[0] ?? '')}`,
    )
    const span = page.getByRole('region', { name: 'Selected span' })
    await expect(span.getByRole('link', { name: 'Span metrics' })).toHaveAttribute(
      'href',
      /^https:\/\/m\.example\/[0-9a-f]{16}$/,
    )
    await expect(span.getByRole('link', { name: 'Logs' })).toBeVisible()
  } finally {
    await gateway.stop()
  }
})

test('a recorded turn has no span panel where its provider is none of the sources', async ({
  page,
  freshGateway: gateway,
}) => {
  const turn = (traceId: string, source: string) => ({
    traceId,
    startTime: '2026-03-01T09:30:00Z',
    endTime: '2026-03-01T09:30:02Z',
    chatbot: { name: 'Order helper' },
    session: { id: 's-1' },
    input: 'Where is my order?',
    output: 'On its way.',
    provider: { source, traceId: 'abc', url: 'https://langfuse.example/trace/abc' },
  })
  const reply = await fetch(`${gateway.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([turn('away', 'langfuse'), turn('here', 'local')]),
  })
  expect(reply.status).toBe(200)

  await page.goto(`${gateway.url}/local/traces/away`)
  await expect(page.getByText('On its way.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Open in Langfuse' })).toHaveAttribute(
    'href',
    'https://langfuse.example/trace/abc',
  )
  await expect(page.getByText(/^Spans/)).toHaveCount(0)
  // Without spans within reach, the turn itself is there to be had.
  await page.getByRole('button', { name: 'Download' }).click()
  await expect(page.getByRole('menuitem')).toHaveCount(1)
  const downloaded = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /Turn JSON/ }).click()
  const file = await (await downloaded).path()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ traceId: 'away', output: 'On its way.' })

  // The spans of a source that is there are looked for, and said not to be found.
  await page.goto(`${gateway.url}/local/traces/here`)
  await expect(page.getByText(/^Spans: /)).toBeVisible()
})
