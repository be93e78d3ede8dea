import type { ReactNode } from 'react'

const TONES = {
  plain: 'border-border-2 text-text-2',
  error: 'border-current text-error',
  warn: 'border-current text-warn',
  ok: 'border-current text-ok',
  accent: 'border-current text-accent',
} as const

/** A short word in a frame: a tag, an environment, a count. */
export function Badge({
  tone = 'plain',
  title,
  children,
}: {
  readonly tone?: keyof typeof TONES
  readonly title?: string
  readonly children: ReactNode
}) {
  return (
    <span
      title={title}
      className={`inline-flex h-[18px] items-center gap-1 rounded-1 border px-[5px] text-label whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  )
}
