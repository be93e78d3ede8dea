import { Icon } from '../../../ui/icons/icons.tsx'
import { printable } from '../../../ui/text/printable-text.ts'

const MOST = 20

/** Below the rows: what was odd where they were looked for. The first in a line, the others on demand. */
export function ListProblems({ problems }: { readonly problems: readonly string[] }) {
  const [first, ...others] = problems
  if (first === undefined) return null
  const line = (
    <>
      <Icon name="warn" className="flex-none text-warn" />
      <span className="cut min-w-0" title={printable(first)}>
        {printable(first)}
      </span>
    </>
  )
  return (
    <div
      role="status"
      aria-label="What was odd"
      className="flex-none border-t border-border-1 bg-warn-tint px-gutter py-1 text-data text-text-2"
    >
      {others.length === 0 ? (
        <p className="flex items-center gap-2">{line}</p>
      ) : (
        <details>
          <summary className="flex cursor-default items-center gap-2">
            {line}
            <span className="flex-none text-accent">and {others.length} more</span>
          </summary>
          <ul className="max-h-32 overflow-auto pl-6">
            {others.slice(0, MOST).map((problem) => (
              <li key={problem}>{printable(problem)}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
