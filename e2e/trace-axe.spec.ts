import { expect } from '@playwright/test'
import { spanId } from '../src/domain/model/units.ts'
import { axeViolations } from './axe.ts'
import { test } from './gateway.ts'
import { FAILED_TURN, stage, stagedPath } from './trace-stage.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 900]) {
    test(`axe finds nothing on the trace page (${colorScheme}, ${width} px)`, async ({ page, gateway }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      await stage(page, {
        trace: {
          status: 'error',
          rootCause: { spanId: spanId('cause'), name: 'payments.create_transfer', message: 'no answer' },
          metrics: {
            llmTurns: 1,
            toolCalls: 1,
            inputTokens: 12,
            outputTokens: null,
            totalTokens: 12,
            cost: 0.2,
          },
          participantData: {
            before: { plan: 'free', token: 'x', address: { city: 'Recife' } },
            after: { plan: 'pro', since: 2026, address: { city: 'Recife' } },
          },
          sessionData: { slots: { a: 1 } },
          feedback: [{ name: 'thumbs-down', comment: 'no' }],
          tags: ['vip'],
        },
        spans: FAILED_TURN,
        detail: (outline) => ({
          meaning: {
            input: 'Hello **there**',
            ...(outline.error !== undefined && { error: { type: 'E', message: outline.error } }),
          },
        }),
      })
      await page.goto(`${gateway.url}${stagedPath()}`)
      await expect(page.getByRole('tab', { name: 'Readable' })).toBeVisible()
      await expect(page.getByText('Hello there')).toBeVisible()
      for (const tab of ['Readable', 'Raw JSON', 'Attributes']) {
        await page.getByRole('tab', { name: tab }).click()
        expect(await axeViolations(page), tab).toEqual([])
      }
    })
  }
}
