import type { ReactNode } from 'react'
import { Link } from './link.tsx'

/** The way up from a page of one thing: the list it stands in, and a stroke before the thing's name. */
export function Crumb({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <nav aria-label="Breadcrumb" className="flex flex-none items-center gap-2 text-title text-text-3">
      <Link to={to} className="text-text-2 hover:text-text-1">
        {children}
      </Link>
      <span aria-hidden="true">/</span>
    </nav>
  )
}
