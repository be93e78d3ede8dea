import { expect } from '@playwright/test'
import { test } from './gateway.ts'
import { stage, stagedPath } from './trace-stage.ts'

const ASKED = { role: 'user', content: 'Where is order 48213?' }
const CALLED = {
  role: 'assistant',
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{"order":48213}' } }],
}
const FOUND = { role: 'tool', tool_call_id: 'c1', content: 'It is on its way.' }

test('what a model call repeats of the call before is folded', async ({ page, gateway }) => {
  await stage(page, {
    spans: `
      turn      0..100
        plan    10..20  kind=generation
        answer  40..60  #answer kind=generation
    `,
    detail: ({ name }) =>
      name === 'plan'
        ? { meaning: { input: [ASKED], output: CALLED } }
        : name === 'answer'
          ? {
              meaning: { input: [ASKED, CALLED, FOUND], output: { role: 'assistant', content: 'Tomorrow.' } },
            }
          : {},
  })
  await page.goto(`${gateway.url}${stagedPath('?span=answer')}`)
  const detail = page.getByRole('region', { name: 'Selected span' })
  const fold = detail.getByRole('button', { name: '2 repeated messages of the call before' })
  await expect(fold).toBeVisible()
  await expect(detail.getByText('It is on its way.')).toBeVisible()
  await expect(detail.getByText('Where is order 48213?')).toHaveCount(0)
  await fold.click()
  await expect(detail.getByText('Where is order 48213?')).toBeVisible()
})
