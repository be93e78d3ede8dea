import { useEffect, useRef, useState } from 'react'
import { useShortcuts } from '../state/shortcuts.ts'
import { Icon } from '../ui/icons/icons.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { TextField } from '../ui/text-field.tsx'

/** Typing settles after this many ms. */
const PAUSE = 250

/** Free text over input, output and error. `/` leads here, Esc leaves what is typed and gives the focus back. */
export function SearchField({
  text,
  onSearch,
}: {
  readonly text: string | undefined
  readonly onSearch: (text: string | undefined) => void
}) {
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(text ?? '')
  const sent = useRef(text ?? '')
  const search = useRef(onSearch)
  search.current = onSearch

  // The address may change from elsewhere: Back, a dropped filter.
  useEffect(() => {
    if ((text ?? '') !== sent.current) {
      sent.current = text ?? ''
      setTyped(text ?? '')
    }
  }, [text])

  useEffect(() => {
    if (typed.trim() === sent.current.trim()) return
    const timer = setTimeout(() => {
      sent.current = typed.trim()
      search.current(typed.trim() || undefined)
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [typed])

  useShortcuts([{ keys: ['/'], label: 'Search', group: 'Traces', run: () => field.current?.select() }])

  return (
    <TextField
      ref={field}
      label="Search"
      type="search"
      placeholder="Search messages and errors"
      title="All words must occur, in any order; “quotes” make a phrase, a leading - excludes"
      value={typed}
      maxLength={2000}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          sent.current = typed.trim()
          search.current(typed.trim() || undefined)
        }
        if (event.key !== 'Escape') return
        // The browser itself would empty a search field.
        event.preventDefault()
        event.stopPropagation()
        field.current?.blur()
      }}
      before={<Icon name="search" size="small" />}
      after={<Kbd>/</Kbd>}
      className="min-w-[120px] flex-[0_1_256px] max-[640px]:order-first max-[640px]:flex-[1_0_100%]"
    />
  )
}
