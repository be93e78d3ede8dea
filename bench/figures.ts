/** One figure held against its budget of the project. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** At most this, or at least this; absent = for information. */
  readonly budget?: { readonly most: number } | { readonly least: number }
  readonly note?: string
}

/** The middle one of an odd number of values, else the mean of the two in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] as number
  const high = sorted[Math.ceil(at)] as number
  return low + (high - low) * (at - Math.floor(at))
}

/** Runs something several times, one after the other, and gives what each run measured. */
export const repeated = async <Result>(
  times: number,
  run: (index: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = []
  for (let index = 0; index < times; index++) results.push(await run(index))
  return results
}

const keeps = ({ value, budget }: Figure): boolean | undefined =>
  budget === undefined ? undefined : 'most' in budget ? value <= budget.most : value >= budget.least

const shown = (value: number): string =>
  Number.isNaN(value)
    ? '—'
    : value >= 10_000
      ? Math.round(value).toLocaleString('en-US')
      : value >= 100
        ? String(Math.round(value))
        : String(Math.round(value * 10) / 10)

const budgetOf = ({ budget, unit }: Figure): string =>
  budget === undefined
    ? ''
    : 'most' in budget
      ? `≤ ${shown(budget.most)} ${unit}`
      : `≥ ${shown(budget.least)} ${unit}`

/** A section of the report as a table in text. */
export const tableOf = (title: string, figures: readonly Figure[]): string => {
  const rows = figures.map((figure) => {
    const kept = keeps(figure)
    return [
      figure.what,
      `${shown(figure.value)} ${figure.unit}`,
      budgetOf(figure),
      kept === undefined ? '' : kept ? 'ok' : 'OVER',
      figure.note ?? '',
    ]
  })
  const head = ['', 'measured', 'budget', '', '']
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [title, '-'.repeat(title.length), line(head), ...rows.map(line), ''].join('\n')
}

export const isOver = (figure: Figure): boolean => keeps(figure) === false
