import type { ReactNode } from 'react'

/** An on/off switch whose label is its children. */
export function Switch({
  checked,
  onChange,
  children,
  className = '',
}: {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly children: ReactNode
  readonly className?: string
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      onClick={() => onChange(!checked)}
      className={`inline-flex items-center gap-1.5 text-data whitespace-nowrap text-text-2 hover:text-text-1 ${className}`}
    >
      <span
        aria-hidden="true"
        className={`relative h-3 w-5 rounded-full border ${checked ? 'border-accent bg-accent-tint' : 'border-border-control'}`}
      >
        <span
          className={`absolute top-0.5 left-0.5 size-1.5 rounded-full transition-transform ${checked ? 'translate-x-2 bg-accent' : 'bg-border-control'}`}
        />
      </span>
      {children}
    </button>
  )
}
