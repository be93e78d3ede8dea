import { expect } from '@playwright/test'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'

const FIXTURE = 'src/formats/otlp/fixtures/rasa-3.21/e_voice_call.otlp.json'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on a call and its log records (${colorScheme})`, async ({
    page,
    freshGateway: gateway,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await gateway.postTraces(FIXTURE)
    const reply = await fetch(`${gateway.url}/api/v1/sources/local/traces?limit=1`)
    const { items } = (await reply.json()) as { items: { traceId: string }[] }
    await page.route('**/traces/*/logs', (route) =>
      route.fulfill({
        json: {
          complete: true,
          logs: [5, 9, 13, 17].map((severity) => ({
            traceId: items[0]?.traceId,
            spanId: null,
            time: 1_790_849_640_456_000,
            severity,
            body: { said: severity },
            attributes: { module: 'voice' },
          })),
        },
      }),
    )
    await page.goto(`${gateway.url}/local/traces/${items[0]?.traceId}`)
    await expect(page.getByRole('button', { name: /^Barge-in accepted/ })).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
    await page.screenshot({ path: `test-results/trace-call-axe-${colorScheme}.png` })
    await page.getByRole('button', { name: 'Logs 4' }).click()
    await page.getByRole('region', { name: 'Log records' }).getByRole('button').first().click()
    expect(await axeViolations(page)).toEqual([])
  })
}
