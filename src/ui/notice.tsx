import type { ReactNode } from 'react'

/**
 * What stands where content would: a title, advice, the fact in monospace, actions. Alerts are said at once
 * by screen readers.
 */
export function Notice({
  title,
  children,
  detail,
  actions,
  alert = false,
  heading: Heading = 'h2',
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly detail?: string | undefined
  readonly actions?: ReactNode
  readonly alert?: boolean
  /** `h1` where it is all the page has. */
  readonly heading?: 'h1' | 'h2'
}) {
  return (
    <div role={alert ? 'alert' : undefined} className="mx-auto max-w-[520px] px-gutter py-12">
      <Heading className="text-title font-semibold">{title}</Heading>
      {children && <div className="mt-1 text-prose text-text-2">{children}</div>}
      {detail && (
        <p className="mt-3 rounded-1 bg-surface-2 px-2 py-1.5 font-mono text-code break-words whitespace-pre-wrap text-text-2">
          {detail}
        </p>
      )}
      {actions && <div className="mt-4 flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
