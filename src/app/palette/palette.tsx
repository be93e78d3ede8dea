import { type KeyboardEvent, Suspense, useCallback, useId, useRef, useState } from 'react'
import { Icon } from '../../ui/icons/icons.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { lateComponent } from '../../ui/late-code.ts'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import type { PaletteKeys } from './palette-results.tsx'

const PaletteResults = lateComponent(async () => (await import('./palette-results.tsx')).PaletteResults)

/**
 * Jump to a trace, session, chatbot, page, or run an action. The field is there at once, so that nothing typed
 * after its key is lost; what is found comes with code of its own, and so does an Enter that was too early.
 */
export function Palette({ onClose, onHelp }: { readonly onClose: () => void; readonly onHelp: () => void }) {
  const [text, setText] = useState('')
  const [active, setActive] = useState<string>()
  const list = useId()
  const results = useRef<PaletteKeys>(null)
  const early = useRef(false)
  const attach = useCallback((keys: PaletteKeys | null) => {
    results.current = keys
    if (!keys || !early.current) return
    early.current = false
    keys.enter()
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    const step = ({ ArrowDown: 1, ArrowUp: -1 } as const)[event.key as 'ArrowDown' | 'ArrowUp']
    if (step === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (step) results.current?.move(step)
    else if (results.current) results.current.enter()
    else early.current = true
  }

  return (
    <Dialog title="Search or run a command" onClose={onClose} bare>
      <label className="flex h-bar-app flex-none items-center gap-2 border-b border-border-1 px-gutter text-text-3">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-label="Search or run a command"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={active}
          placeholder="Trace id, session, chatbot, page or command"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="w-full bg-transparent text-prose text-text-1 outline-none"
        />
        <Kbd>Esc</Kbd>
      </label>
      <div id={list} role="listbox" aria-label="Results" className="overflow-auto py-1">
        <Suspense>
          <PaletteResults
            ref={attach}
            list={list}
            text={text}
            onActive={setActive}
            onClose={onClose}
            onHelp={onHelp}
          />
        </Suspense>
      </div>
    </Dialog>
  )
}
