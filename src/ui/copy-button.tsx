import { type ReactNode, useEffect, useState } from 'react'
import { Icon } from './icons/icons.tsx'

type CopyState = 'idle' | 'copied' | 'refused'

/** Copies to the clipboard and says for a moment whether that worked. */
export function useCopy(): { readonly state: CopyState; readonly copy: (text: string) => void } {
  const [state, setState] = useState<CopyState>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 1500)
    return () => clearTimeout(timer)
  }, [state])
  const copy = (text: string) => {
    // Absent where the page is not served from a secure context.
    const clipboard: Clipboard | undefined = navigator.clipboard
    if (!clipboard) return setState('refused')
    clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('refused'),
    )
  }
  return { state, copy }
}

const WORDS = { copied: 'Copied', refused: 'Not allowed to copy' } as const

/** A quiet link that copies. `text` is called when pressed, so that a big value is written out only then. */
export function CopyLink({
  text,
  label,
  children,
}: {
  readonly text: () => string
  /** What is copied, for who cannot see where the link stands: `Copy the exception`. */
  readonly label: string
  readonly children: ReactNode
}) {
  const { state, copy } = useCopy()
  return (
    <button
      type="button"
      aria-label={label}
      className="text-label font-normal text-accent hover:underline"
      onClick={() => copy(text())}
    >
      <span role="status">{state === 'idle' ? children : WORDS[state]}</span>
    </button>
  )
}

/** The small glyph beside an id that copies it. */
export function CopyGlyph({ text, label }: { readonly text: () => string; readonly label: string }) {
  const { state, copy } = useCopy()
  return (
    <button
      type="button"
      aria-label={label}
      title={state === 'idle' ? label : WORDS[state]}
      className="inline-flex text-text-3 hover:text-text-1"
      onClick={() => copy(text())}
    >
      <Icon name={state === 'copied' ? 'ok' : 'copy'} size="small" />
      <span role="status" className="sr-only">
        {state === 'idle' ? '' : WORDS[state]}
      </span>
    </button>
  )
}
