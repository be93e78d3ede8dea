import type { ReactNode } from 'react'

/** A key cap. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-block min-w-4 rounded-1 border border-border-2 bg-surface-1 px-1 text-center font-mono text-key text-text-3">
      {children}
    </kbd>
  )
}
