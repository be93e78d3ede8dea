import { type ReactNode, useState } from 'react'
import { cutAt, printable } from './printable-text.ts'

/** Characters shown at first, and how many more a press brings. */
const FIRST = 8_000
const MORE = 100_000

const grouped = new Intl.NumberFormat('en')

/**
 * Foreign text of any length, as text: direction isolated, controls made visible, line breaks kept. What
 * stands beyond the first characters is shown on request, and how much that is stands beside the button.
 */
export function LongText({
  text,
  className = '',
  first = FIRST,
  render,
}: {
  readonly text: string
  readonly className?: string
  readonly first?: number
  /** Draws what is shown, where it is not plain text. */
  readonly render?: (shown: string) => ReactNode
}) {
  const [length, setLength] = useState(first)
  const shown = printable(cutAt(text, length))
  return (
    <>
      <div dir="auto" className={`isolate wrap-anywhere whitespace-pre-wrap ${className}`}>
        {render ? render(shown) : shown}
        {text.length > length && '…'}
      </div>
      {text.length > length && (
        <p className="mt-1 text-label text-text-3">
          {grouped.format(length)} of {grouped.format(text.length)} characters.{' '}
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => setLength(length + MORE)}
          >
            Show more
          </button>
        </p>
      )}
    </>
  )
}
