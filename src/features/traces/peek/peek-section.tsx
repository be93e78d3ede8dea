import type { ReactNode } from 'react'

/** A region of the peek. `wide` spans both columns where the panel lies below the table. */
export function PeekSection({
  title,
  label,
  after,
  wide,
  children,
}: {
  readonly title?: string
  readonly label?: ReactNode
  readonly after?: ReactNode
  readonly wide?: true
  readonly children: ReactNode
}) {
  return (
    <section
      className={`min-w-0 border-border-1 px-gutter pt-2.5 pb-3 wide:border-b ${wide ? 'col-span-full border-b' : ''}`}
    >
      {title && (
        <h3 className="mb-1 flex items-center gap-1.5 text-label font-semibold text-text-2">
          {title}
          {label !== undefined && <span className="font-normal text-text-3">{label}</span>}
          {after && <span className="ml-auto">{after}</span>}
        </h3>
      )}
      {children}
    </section>
  )
}
