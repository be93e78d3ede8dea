import { expect, type Page } from '@playwright/test'
import { spanId } from '../src/domain/model/units.ts'
import { test } from './gateway.ts'
import { FAILED_TURN, stage, stagedPath } from './trace-stage.ts'

const ROOT_CAUSE = {
  status: 'error' as const,
  rootCause: { spanId: spanId('cause'), name: 'payments.create_transfer', message: 'no answer' },
}

const open = async (page: Page, url: string, search = '') => {
  await page.goto(`${url}${stagedPath(search)}`)
  await expect(page.getByRole('treegrid', { name: 'Span tree' }).getByRole('row').first()).toBeVisible()
}
const selected = (page: Page) => page.locator('[role=row][aria-selected=true] .name')
const detail = (page: Page) => page.getByRole('region', { name: 'Selected span' })

test('the root cause is selected at first, and the alert leads back to it', async ({ page, gateway }) => {
  await stage(page, { trace: ROOT_CAUSE, spans: FAILED_TURN })
  await open(page, gateway.url)
  await expect(selected(page)).toHaveText('payments.create_transfer')
  await expect(detail(page).getByText('root cause')).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('no answer')
  await page.getByRole('row', { name: 'handle_message' }).click()
  await expect(selected(page)).toHaveText('Agent.handle_message')
  await page.getByRole('button', { name: 'Jump to root cause' }).click()
  await expect(selected(page)).toHaveText('payments.create_transfer')
})

test('without a failure the first span is selected', async ({ page, gateway }) => {
  await stage(page, { spans: 'turn  0..100\n  step  10..20' })
  await open(page, gateway.url)
  await expect(selected(page)).toHaveText('turn')
})

test('an address selects a span even where it is folded away', async ({ page, gateway }) => {
  await stage(page, { trace: ROOT_CAUSE, spans: FAILED_TURN })
  await open(page, gateway.url, '?span=step3')
  await expect(selected(page)).toHaveText('flow_executor.run_step')
  await expect(page.locator('[role=row][aria-selected=true]')).toHaveAttribute('aria-posinset', '3')
})

test('the tree is walked by keyboard alone', async ({ page, gateway }) => {
  await stage(page, { trace: ROOT_CAUSE, spans: FAILED_TURN })
  await open(page, gateway.url)
  const tree = page.getByRole('treegrid', { name: 'Span tree' })
  await tree.focus()
  await expect(tree).toHaveAttribute('aria-activedescendant', /.+/)
  const steps: readonly (readonly [key: string, name: string])[] = [
    ['Home', 'Agent.handle_message'],
    ['ArrowDown', 'MessageProcessor.log_message'],
    ['ArrowRight', 'LLMCommandGenerator.invoke_llm'],
    ['ArrowLeft', 'MessageProcessor.log_message'],
    ['ArrowUp', 'Agent.handle_message'],
    ['s', 'MessageProcessor.save_tracker'],
    ['End', 'POST /v1/transfers'],
    ['ArrowLeft', 'Parent not recorded · 1 span'],
    ['Home', 'Agent.handle_message'],
    [']', 'ActionExecutor.run'],
    [']', 'payments.create_transfer'],
    ['[', 'ActionExecutor.run'],
  ]
  for (const [key, name] of steps) {
    await page.keyboard.press(key)
    await expect(selected(page), `after ${key}`).toHaveText(name)
  }
  const rows = Number(await tree.getAttribute('aria-rowcount'))
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  await expect(page.locator('[role=row][aria-selected=true]')).toHaveAttribute('aria-expanded', 'false')
  await expect(tree).toHaveAttribute('aria-rowcount', String(rows - 1))
  await page.keyboard.press('*')
  await expect(tree).toHaveAttribute('aria-rowcount', String(rows))
  await page.keyboard.press('Enter')
  await expect(detail(page).getByRole('tab', { selected: true })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(detail(page).getByRole('tab', { name: 'Raw JSON' })).toBeFocused()
  await expect(page).toHaveURL(/tab=raw/)
})

test('orphans are shown and named; equal siblings stand in one row', async ({ page, gateway }) => {
  await stage(page, { spans: FAILED_TURN })
  await open(page, gateway.url)
  await expect(page.getByRole('row', { name: /Parent not recorded · 1 span/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /\/v1\/transfers/ })).toBeVisible()
  const fold = page.getByRole('row', { name: /5 × run_step/ })
  await expect(fold).toHaveAttribute('aria-expanded', 'false')
  await expect(fold).toContainText('folded')
  await fold.dblclick()
  await expect(fold).toHaveAttribute('aria-expanded', 'true')
})

test('spans are searched and filtered, what leads to them stays', async ({ page, gateway }) => {
  await stage(page, { trace: ROOT_CAUSE, spans: FAILED_TURN })
  await open(page, gateway.url)
  const rows = page.getByRole('treegrid', { name: 'Span tree' }).getByRole('row')
  await page.getByRole('searchbox', { name: 'Search spans' }).fill('invoke')
  await expect(rows).toHaveCount(3)
  await expect(page.getByRole('status').filter({ hasText: '1 of 14 match' })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search spans' }).fill('no such thing')
  await expect(page.getByText('No spans match.')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search spans' }).fill('')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('checkbox', { name: /Errors only/ }).check()
  await expect(rows).toHaveCount(4)
})

test('the zoom stands in the address and is given up again', async ({ page, gateway }) => {
  await stage(page, { trace: ROOT_CAUSE, spans: FAILED_TURN })
  await open(page, gateway.url)
  await page.getByRole('treegrid', { name: 'Span tree' }).focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Home')
  await page.getByRole('row', { name: /save_tracker/ }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'View options' }).click()
  await page.getByRole('menuitem', { name: /Zoom to selected span/ }).click()
  await expect(page).toHaveURL(/zoom=\d+-\d+/)
  await page.reload()
  await expect(page.getByRole('slider', { name: 'Start of the shown time' })).toHaveAttribute(
    'aria-valuetext',
    '6.16 s',
  )
  await page.getByRole('slider', { name: 'Start of the shown time' }).focus()
  await page.keyboard.press('ArrowLeft')
  await expect(page).toHaveURL(/zoom=6\d+-/)
  await page.getByRole('button', { name: 'View options' }).click()
  await page.getByRole('menuitem', { name: /Reset zoom/ }).click()
  await expect(page).not.toHaveURL(/zoom=/)
})

test('a row that is clicked right after a run of keys stays the selected one, however slow the page', async ({
  page,
  gateway,
}) => {
  await stage(page, { trace: ROOT_CAUSE, spans: FAILED_TURN })
  await open(page, gateway.url)
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  await page.getByRole('treegrid', { name: 'Span tree' }).focus()
  for (const key of ['End', 'Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await page.getByRole('row', { name: /save_tracker/ }).click()
  await page.getByRole('button', { name: 'View options' }).click()
  await page.getByRole('menuitem', { name: /Zoom to selected span/ }).click()
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await expect(page).toHaveURL(/zoom=\d+-\d+/)
  await expect(selected(page)).toHaveText('MessageProcessor.save_tracker')
  await expect(page).toHaveURL(/span=/)
  await page.reload()
  await expect(selected(page)).toHaveText('MessageProcessor.save_tracker')
})
