import type { InputHTMLAttributes, ReactNode, Ref } from 'react'

/** A field of one line: what stands before it (a glyph), the input, what stands after (a key cap, a button). */
export function TextField({
  label,
  before,
  after,
  className = '',
  ref,
  ...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, 'aria-label'> & {
  readonly label: string
  readonly before?: ReactNode
  readonly after?: ReactNode
  readonly ref?: Ref<HTMLInputElement>
}) {
  return (
    <label
      className={`flex h-control items-center gap-1.5 rounded-1 border border-border-control bg-surface-1 pr-1 pl-2 text-data text-text-3 focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent ${className}`}
    >
      {before}
      <input
        ref={ref}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        {...rest}
        className="w-full min-w-0 bg-transparent text-data text-text-1 outline-none"
      />
      {after}
    </label>
  )
}
