import { expect, type Locator, type Page } from '@playwright/test'

/** The trace table as a reader sees it. */
export class TracesPage {
  readonly page: Page
  readonly table: Locator
  /** The scroll box around the table: it has the focus and the keys. */
  readonly box: Locator
  readonly filters: Locator
  readonly peek: Locator
  readonly foot: Locator
  readonly search: Locator

  constructor(page: Page) {
    this.page = page
    this.table = page.getByRole('table')
    this.box = page.getByRole('region', { name: 'Traces', exact: true })
    this.filters = page.getByRole('search', { name: 'Filter traces' })
    this.peek = page.getByRole('complementary', { name: 'Peek at the selected trace' })
    this.foot = page.locator('main footer')
    this.search = page.getByRole('searchbox', { name: 'Search' })
  }

  /** Opens an address below a gateway and waits for rows and their count. */
  async open(url: string, path = '/sample/traces'): Promise<void> {
    await this.page.goto(`${url}${path}`)
    await expect(this.rows.first()).toBeVisible()
    await expect.poll(() => this.count()).toBeGreaterThan(0)
  }

  get rows(): Locator {
    return this.page.locator('tr[data-trace]')
  }

  get selected(): Locator {
    return this.page.locator('tr[aria-current=true]')
  }

  head(name: string): Locator {
    return this.page.getByRole('columnheader', { name, exact: true })
  }

  /** A chip, by the sentence that it reads as. */
  chip(sentence: string): Locator {
    return this.filters.getByRole('button', { name: sentence, exact: true })
  }

  /** How many traces match, as the foot says. */
  async count(): Promise<number> {
    const text = (await this.foot.getByRole('status').textContent()) ?? ''
    const [, digits = ''] = /^([\d,]+)/.exec(text) ?? []
    return Number(digits.replaceAll(',', ''))
  }

  /** Waits until the foot says another number of traces than before, and gives it. */
  async countOtherThan(before: number): Promise<number> {
    await expect.poll(() => this.count()).not.toBe(before)
    return this.count()
  }

  /** Texts of a column's cells in the rows that are drawn. */
  async column(name: string): Promise<string[]> {
    const heads = await this.page.getByRole('columnheader').allInnerTexts()
    const at = heads.findIndex((text) => text.trim() === name)
    return this.rows.locator(`td:nth-child(${at + 1})`).allInnerTexts()
  }

  params(): URLSearchParams {
    return new URL(this.page.url()).searchParams
  }
}
