import { type KeyboardEvent, useId, useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { EVERYTHING } from '../domain/query/trace-query.ts'
import { chooseFiles } from '../state/file-import.ts'
import { paths } from '../state/location.ts'
import { setPreferences, usePreferences } from '../state/preferences.ts'
import { useSuggestions } from '../state/queries.ts'
import { useSource } from '../state/source-context.tsx'
import { Icon } from '../ui/icons/icons.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Dialog } from '../ui/overlay/dialog.tsx'
import { formatCount } from '../ui/text/format.ts'
import { PAGES } from './pages.tsx'
import { found, ID_LIKE, type PaletteItem } from './palette-items.ts'
import { useThemeSwitch } from './theme-switch.ts'

const SHOWN = 12

/** What the typed text could lead to: pages, actions, and what the source knows by that name. */
function useItems(text: string, onHelp: () => void): readonly PaletteItem[] {
  const { source, sources } = useSource()
  const navigate = useNavigate()
  const theme = useThemeSwitch()
  const { utc } = usePreferences()
  const { id, label, capabilities } = source.info
  const typed = text.trim()
  const asked = typed.length > 0 && capabilities.costs.suggest === 'exact'
  const sessions = useSuggestions('session', typed, EVERYTHING, asked).data?.items ?? []
  const chatbots = useSuggestions('chatbot', typed, EVERYTHING, asked).data?.items ?? []
  const participants = useSuggestions('participant', typed, EVERYTHING, asked).data?.items ?? []

  const filtered = (field: 'session' | 'chatbot' | 'participant', value: string) =>
    paths.traces(id, { ...EVERYTHING, conditions: [{ field, operator: 'is', values: [value] }] })
  const known = (['chatbot', 'session', 'participant'] as const).flatMap((field) => {
    const list = { chatbot: chatbots, session: sessions, participant: participants }[field]
    return asked
      ? list.slice(0, 4).map(
          ({ value, count }): PaletteItem => ({
            id: `${field}:${value}`,
            group: 'Traces of',
            label: `${field} ${value}`,
            detail: count === undefined ? '' : formatCount(count),
            icon: 'message',
            run: () => navigate(filtered(field, value)),
          }),
        )
      : []
  })

  const fixed: PaletteItem[] = [
    ...PAGES.filter(({ name, offered }) => name && (offered?.(capabilities) ?? true)).map(
      ({ path, name = '' }): PaletteItem => ({
        id: `page:${path}`,
        group: 'Go to',
        label: name,
        icon: 'right',
        run: () => navigate(`/${encodeURIComponent(id)}/${path}`),
      }),
    ),
    ...sources
      .filter((other) => other.id !== id)
      .map(
        (other): PaletteItem => ({
          id: `source:${other.id}`,
          group: 'Go to',
          label: `Source ${other.label}`,
          icon: 'right',
          run: () => navigate(paths.traces(other.id)),
        }),
      ),
    {
      id: 'failed',
      group: 'Go to',
      label: 'Failed turns of the last 24 hours',
      icon: 'error',
      run: () => navigate(`${paths.traces(id)}?status=error&last=24h`),
    },
    {
      id: 'slow',
      group: 'Go to',
      label: 'Turns over 5 s',
      icon: 'warn',
      run: () => navigate(`${paths.traces(id)}?duration.min=5000`),
    },
    { id: 'open', group: 'Run', label: 'Open a file', icon: 'plus', run: chooseFiles },
    {
      id: 'theme',
      group: 'Run',
      label: theme.dark ? 'Light theme' : 'Dark theme',
      icon: theme.dark ? 'sun' : 'moon',
      run: theme.toggle,
    },
    {
      id: 'utc',
      group: 'Run',
      label: utc ? 'Times in your zone' : 'Times in UTC',
      icon: 'pending',
      run: () => setPreferences({ utc: !utc }),
    },
    { id: 'keys', group: 'Run', label: 'Keyboard shortcuts', icon: 'keyboard', run: onHelp },
  ]

  const byText: PaletteItem[] = typed
    ? [
        {
          id: 'search',
          group: 'Search',
          label: `Turns with “${typed}”`,
          detail: `in ${label}`,
          icon: 'search',
          run: () => navigate(paths.traces(id, { ...EVERYTHING, text: typed })),
        },
      ]
    : []
  const byId: PaletteItem[] = ID_LIKE.test(typed)
    ? [
        {
          id: 'trace',
          group: 'Open',
          label: `Trace ${typed}`,
          icon: 'enter',
          run: () => navigate(paths.trace(id, typed)),
        },
        {
          id: 'session',
          group: 'Open',
          label: `Traces of session ${typed}`,
          icon: 'message',
          run: () => navigate(filtered('session', typed)),
        },
      ]
    : []
  const matching = fixed.filter((item) => found(item, typed))
  return [...byId, ...known, ...matching, ...byText]
}

/** Jump to a trace, session, chatbot, page, or run an action. */
export function Palette({ onClose, onHelp }: { readonly onClose: () => void; readonly onHelp: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useId()
  const items = useItems(text, onHelp).slice(0, SHOWN)
  const selected = Math.min(at, items.length - 1)

  const run = (item: PaletteItem | undefined) => {
    if (!item) return
    onClose()
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && items.length > 0) {
      event.preventDefault()
      setAt((selected + step + items.length) % items.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(items[selected])
    }
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
          aria-activedescendant={items[selected] ? `${list}-${selected}` : undefined}
          placeholder="Trace id, session, chatbot, page or command"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="w-full bg-transparent text-prose text-text-1 outline-none"
        />
        <Kbd>Esc</Kbd>
      </label>
      <div id={list} role="listbox" aria-label="Results" className="overflow-auto py-1">
        {items.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the combobox above has the keys and the focus
          <div
            key={item.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === selected}
            onClick={() => run(item)}
            onPointerMove={() => setAt(index)}
            className={`flex h-8 cursor-pointer items-center gap-2 px-gutter text-data ${index === selected ? 'bg-surface-selected' : ''}`}
          >
            <span className="text-text-3">
              <Icon name={item.icon} />
            </span>
            <span className="cut">{item.label}</span>
            {item.detail && <span className="text-text-3">{item.detail}</span>}
            <span className="ml-auto pl-4 text-label text-text-3">{item.group}</span>
          </div>
        ))}
        {items.length === 0 && <p className="px-gutter py-2 text-data text-text-3">No results.</p>}
      </div>
    </Dialog>
  )
}
