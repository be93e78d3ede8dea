import type { ReactNode } from 'react'

/** A heading within a region: its words, what supports them, what can be done at the right. */
export function SectionHead({
  title,
  label,
  children,
  level = 2,
}: {
  readonly title: string
  readonly label?: ReactNode
  readonly children?: ReactNode
  readonly level?: 2 | 3
}) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <header className="mb-1 flex items-center gap-1.5 text-label">
      <Heading className="font-semibold whitespace-nowrap text-text-2">{title}</Heading>
      {label !== undefined && <span className="cut text-text-3">{label}</span>}
      <span className="flex-1" />
      {children}
    </header>
  )
}
